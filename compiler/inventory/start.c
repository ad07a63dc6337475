/*
 * An inventory as units: what it says stays where no dump answers.
 */
#include "compiler/inventory/survey_parts.h"

void
bp_survey_start_from(bp_survey *survey, const bp_organization *org)
{
    survey->start = org;
}

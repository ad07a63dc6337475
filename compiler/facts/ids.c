/*
 * The forms of ids. Whether a thing of that id exists is for the inventory to say.
 */
#include "compiler/facts/ids.h"

bool
bp_is_account_id(bp_str text)
{
    return text.size == BP_ACCOUNT_DIGITS && bp_str_is_digits(text);
}

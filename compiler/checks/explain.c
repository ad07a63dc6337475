/*
 * The explanations of rules: docs/CODE.md, compiled in.
 *
 * The texts are made into C strings at build time; nothing is read at run time. Whether every rule
 * has one is a matter of the tests.
 */
#include "compiler/checks/checks.h"

static const struct {
    const char *code;
    const char *text;
} explanations[] = {
#include "compiler/checks/explanations.inc"
};

const char *
bp_check_explanation(bp_str code)
{
    for (size_t i = 0; i < sizeof explanations / sizeof explanations[0]; i++) {
        if (bp_str_equal_folded(code, bp_str_of(explanations[i].code))) {
            return explanations[i].text;
        }
    }
    return NULL;
}

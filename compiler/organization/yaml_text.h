/*
 * What the YAML door says about bytes and about libyaml's complaints. Inside compiler/organization
 * only.
 */
#ifndef BP_COMPILER_ORGANIZATION_YAML_TEXT_H
#define BP_COMPILER_ORGANIZATION_YAML_TEXT_H

#include "lib/diagnostic.h"

/*
 * Reports the first byte that no YAML text may hold (UTF-16, NUL, invalid UTF-8, an inner byte
 * order mark, a control character), a tab as indentation, or a size over the cap; false then.
 * `body` is where the text begins behind a byte order mark.
 */
bool bp_yaml_check_bytes(bp_diagnostics *list, const bp_source *source, const char *what,
                         size_t *body);

/* A complaint of libyaml: its words, and byte offsets into the source. */
typedef struct bp_yaml_complaint {
    const char *context; /* may be NULL */
    const char *problem;
    size_t at;
    size_t opened; /* where the structure of the context began */
} bp_yaml_complaint;

/* Reports it in our words, at a place inside the file. */
void bp_yaml_report(bp_diagnostics *list, const bp_source *source, const char *what,
                    bp_yaml_complaint complaint);

#endif

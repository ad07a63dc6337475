/* What the files of `backpol effective` share. For compiler/cli/cmd_effective.c and its parts. */
#ifndef BP_COMPILER_CLI_EFFECTIVE_H
#define BP_COMPILER_CLI_EFFECTIVE_H

#include "compiler/cli/run.h"

/* Accounts that get the same from the same policies. */
typedef struct bp_shown_group {
    bp_way *way;               /* NULL: nothing is attached on the way */
    BP_VEC(uint32_t) accounts; /* ascending */
} bp_shown_group;

typedef struct bp_shown {
    bp_session *session;
    BP_VEC(bp_shown_group) groups; /* by first account */
    bool single;                   /* one account was named */
} bp_shown;

/* "Root / Prod / Payments": the OUs from the root to an account. */
bp_str bp_shown_path(bp_arena *arena, const bp_organization *org, const bp_account *account);
bp_str bp_shown_ou(const bp_organization *org, uint32_t ou);
/* "policies/prod.bpol:18:5"; empty for a span that is nowhere. */
bp_str bp_shown_place(const bp_shown *shown, bp_span span);

/* Every value with its origin, once for each group. */
void bp_effective_print_text(bp_run *run, bp_shown *shown);
/* One document of format version 1.0, an element for each account. */
void bp_effective_print_json(bp_run *run, bp_shown *shown);
/* The history of what stands at a path. False when nothing ever stood there; said already. */
bool bp_effective_print_why(bp_run *run, bp_shown *shown, const char *path);

#endif

/* What the files of `backpol diff` share. For compiler/cli/cmd_diff.c and its parts. */
#ifndef BP_COMPILER_CLI_DIFF_H
#define BP_COMPILER_CLI_DIFF_H

#include "compiler/cli/git.h"
#include "compiler/cli/run.h"
#include "compiler/compare/compare.h"

typedef enum bp_side_kind {
    BP_SIDE_PROJECT,  /* a folder with a manifest */
    BP_SIDE_REVISION, /* the same folder in a commit */
    BP_SIDE_OUTPUT,   /* what a build wrote */
    BP_SIDE_DEPLOYED  /* what the inventory says is deployed */
} bp_side_kind;

typedef struct bp_side {
    bp_side_kind kind;
    bp_str name;   /* as it is shown */
    bp_str commit; /* of a revision */
    bp_session *session;
} bp_side;

typedef struct bp_diff {
    bp_run *run;
    bp_options here;     /* the project around the start folder; root NULL: there is none */
    bp_str inventory;    /* of that project, as an absolute path; empty: none, or not looked for */
    bool inventory_read; /* it was looked for */
    bp_side before;
    bp_side after;
    bp_strings notes; /* what was not compared, and why */
    const bp_difference *difference;
} bp_diff;

/* diff_sides.c: what a word means, and the session it stands for, compiled. NULL: the project at
 * hand as it is on disk. False: said already. */
bool bp_diff_open(bp_diff *diff, const char *word, bp_side *side);
/* Compiles a session that was filled. False: its errors and why are said. */
bool bp_diff_compile(bp_diff *diff, const bp_side *side);
/* Reads the inventory of the project at hand into a session; none is fine. False: said already. */
bool bp_diff_inventory(bp_diff *diff, bp_session *session);
void bp_diff_note(bp_diff *diff, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* diff_folder.c and diff_deployed.c: sides whose policies are documents. */
bool bp_diff_open_output(bp_diff *diff, const char *folder, bp_side *side);
bool bp_diff_open_deployed(bp_diff *diff, bp_side *side);
/* A target of a document by its id. */
bp_manifest_target bp_diff_target(bp_str id, unsigned order);
/* Adds a policy to a session that is to be compiled. */
void bp_diff_add_policy(bp_session *session, bp_str path, bp_str text,
                        const bp_manifest_document *entry);

/* diff_words.c: sentences of the text and of markdown, into a buffer. Whatever may come from a user
 * is made harmless for the form. */
typedef struct bp_teller {
    const bp_diff *diff;
    bp_buf out;
    bool markdown;
} bp_teller;

/* Text of a user: neutralised; in markdown code, in which nothing has a meaning. */
void bp_tell_user(bp_teller *teller, bp_str text);
/* "retention 35d -> 14d: kept shorter". */
void bp_tell_change(bp_teller *teller, const bp_change *change);
/* The place of a change, and who wrote what stands there now. False: there is nothing to tell. */
bool bp_tell_place(bp_teller *teller, const bp_change *change);
/* "main (5fb2c41a8d07) -> the working tree". */
void bp_tell_sides(bp_teller *teller);
/* "1 of 4 accounts gets another effective policy; 2 dangers". */
void bp_tell_summary(bp_teller *teller);
/* "Prod Account (222233334444)". */
void bp_tell_account(bp_teller *teller, const bp_account *account);
/* "12 accounts: 10 in Root / Prod, 2 in Root / Sandbox; first Prod Account (222233334444)", or the
 * one account with its OU. */
void bp_tell_group(bp_teller *teller, const bp_change_group *group);
void bp_tell_movement(bp_teller *teller, const bp_movement *movement);
void bp_tell_policy(bp_teller *teller, const bp_policy_change *change);
void bp_tell_order(bp_teller *teller, const bp_order_change *order);
void bp_tell_declared(bp_teller *teller, const bp_declared_change *change);
/* '!' for a danger, '+', '-', '~'. */
char bp_change_mark(const bp_change *change);

/* The three forms; whole, and harmless to print. */
bp_str bp_diff_text(const bp_diff *diff, bool color);
bp_str bp_diff_json(const bp_diff *diff);
bp_str bp_diff_markdown(const bp_diff *diff);

#endif

/* Parts of the session that session.c calls in order. For compiler/session*.c alone. */
#ifndef BP_COMPILER_SESSION_PARTS_H
#define BP_COMPILER_SESSION_PARTS_H

#include "compiler/backpol.h"
#include "lib/file.h"

/* Parses the named files, or what the manifest's patterns match; both with options.with_project. A
 * file that cannot be read is remembered as trouble and the others are read all the same. */
bool bp_session_load_sources(bp_session *session);
/* Turns the documents that were loaded into policies of the program. */
void bp_session_read_documents(bp_session *session, bp_program *program);
/* Reads the inventory, if one is named or org.yaml is there. False: it is broken or missing. */
bool bp_session_load_inventory(bp_session *session);

/* Reads a path of the options or the manifest, or takes it from the overlay: below the root, or
 * absolute where the user named a file outside of it. */
bool bp_session_read_text(bp_session *session, bp_str path, size_t cap, bp_str *text,
                          bp_file_error *error);

/* session_review.c: reads the baseline, if one is named. False: it cannot be used. */
bool bp_session_load_baseline(bp_session *session);
/* Applies to the findings of the moment what people said about them; the first time reads what
 * stands in the texts. */
void bp_session_review(bp_session *session);

/* Reads the documents of all deployed policies, for what is wrong with them. */
void bp_session_read_deployed(bp_session *session);

/* bp_includer.load over a session. */
const bp_ast_file *bp_session_include(void *context, bp_str path, bp_span from);

#endif

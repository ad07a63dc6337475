/* Parts of the session that session.c calls in order. For compiler/session*.c alone. */
#ifndef BP_COMPILER_SESSION_PARTS_H
#define BP_COMPILER_SESSION_PARTS_H

#include "compiler/backpol.h"

/* Parses the named files, or what the manifest's patterns match; both with options.with_project. A
 * file that cannot be read is remembered as trouble and the others are read all the same. */
bool bp_session_load_sources(bp_session *session);
/* Turns the documents that were loaded into policies of the program. */
void bp_session_read_documents(bp_session *session, bp_program *program);
/* Reads the inventory, if one is named or org.yaml is there. False: it is broken or missing. */
bool bp_session_load_inventory(bp_session *session);

/* bp_includer.load over a session. */
const bp_ast_file *bp_session_include(void *context, bp_str path, bp_span from);

#endif

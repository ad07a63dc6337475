/*
 * Policy documents: backup policies that are written as JSON, as trees.
 *
 * What AWS folds is folded here: fixed keys and operators get their documented spelling, names keep
 * theirs. Every node and value keeps its place in the JSON. What does not make sense is reported
 * once and becomes a hole; nobody reports what follows from it.
 */
#ifndef BP_COMPILER_POLICY_DOCUMENT_H
#define BP_COMPILER_POLICY_DOCUMENT_H

#include "compiler/policy/program.h"
#include "grammar/ast.h"
#include "lib/diagnostic.h"

/*
 * Reads a document. The result is a policy of the given name whose tree is a root at least; its
 * place is the name's, or the begin of the text where `name_span` does not exist. False when the
 * text could not be read to its end: the tree is a hole then.
 */
bool bp_document_read(bp_arena *arena, bp_diagnostics *diagnostics, const bp_source *source,
                      bp_str name, bp_span name_span, bp_policy **policy);

/*
 * Judges the members of a JSON object that stand in a block of a tree, by the findings of reading a
 * document; the tree is not changed, but a block in which something was refused gets a hole. Empty
 * `policy`: findings have no scope.
 */
void bp_document_judge(bp_arena *arena, bp_diagnostics *diagnostics, bp_str policy, bp_node *block,
                       const bp_ast_value *object);

#endif

/*
 * What a selection takes of the resources that the inventory lists, with three answers.
 *
 * A row of resources says its types (several where an ARN cannot tell them apart), its Regions and
 * the tags that were watched. Tag keys and values are compared exactly, as AWS does. A tag key that
 * nobody watched, a value that did not bind and a row of several types of which some fit are
 * unknown, never absent.
 *
 * Sources: AWS Backup Developer Guide, "Assigning resources to a backup plan"; API reference,
 * "BackupSelection" and "Conditions" (read in 2026).
 */
#ifndef BP_COMPILER_COVERAGE_SELECTED_H
#define BP_COMPILER_COVERAGE_SELECTED_H

#include "compiler/model/model.h"

/* Room for the types of any pattern. */
enum { BP_TYPES_ROOM = 64 };

/* The types that a pattern, a word of the language or the id of a type stands for; "*" and "all"
 * give none. */
size_t bp_types_of_words(const bp_facts *facts, bp_str words, const bp_type **types);

/* Whether a list of patterns holds the types of a row: all of them, none, or not known which. */
bp_answer bp_list_holds(const bp_facts *facts, const bp_value *list, const bp_resource_row *row);

/* Whether the inventory records this tag key of resources. */
bool bp_tag_is_watched(const bp_organization *org, bp_str key);
/* Whether the resources of a row carry one of the values (a text or a list of texts) under a key.
 */
bp_answer bp_row_carries(const bp_organization *org, const bp_resource_row *row, bp_str key,
                         const bp_value *values);

/* The key of a condition "aws:ResourceTag/KEY"; empty for a condition on anything else. */
bp_str bp_condition_tag(const bp_node *condition);

/* Whether a selection of a plan takes the resources of a row. Opt-ins are not looked at. */
bp_answer bp_selection_takes(const bp_organization *org, const bp_node *selection,
                             const bp_resource_row *row);
/* The same for all selections of a plan: what one takes is taken. */
bp_answer bp_plan_takes(const bp_organization *org, const bp_node *plan,
                        const bp_resource_row *row);

#endif

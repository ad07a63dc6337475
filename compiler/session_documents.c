/*
 * Policy documents of a session: the texts that were loaded become policies of the program, beside
 * those of the language. What a document says is read in compiler/policy/.
 */
#include "compiler/policy/document.h"
#include "compiler/session_parts.h"

static const bp_policy *
policy_of_name(const bp_program *program, bp_str name)
{
    for (size_t i = 0; i < program->policies.count; i++) {
        if (bp_str_equal(program->policies.at[i]->name, name)) {
            return program->policies.at[i];
        }
    }
    return NULL;
}

/* Names of policies are unique over all sources; documents on their own have no name to clash. */
static bool
name_is_free(bp_session *session, const bp_program *program, const bp_loaded_document *document)
{
    const bp_policy *first =
        document->entry == NULL ? NULL : policy_of_name(program, document->name);
    if (first == NULL) {
        return true;
    }
    bp_finding *finding =
        bp_report(session->diagnostics, "NAM008", document->entry->name.span,
                  "two policies are called \"%.*s\"; a name means one policy in an organization",
                  BP_ARG(document->name));
    bp_finding_label(session->diagnostics, finding, first->span, "the other one");
    return false;
}

static void
attach(bp_session *session, bp_policy *policy, const bp_manifest_document *entry)
{
    static const bp_target_kind kinds[] = {BP_TARGET_ROOT, BP_TARGET_OU, BP_TARGET_ACCOUNT};
    policy->attach_written = entry->attach_written;
    for (size_t i = 0; i < entry->attach.count; i++) {
        const bp_manifest_target *target = &entry->attach.at[i];
        *bp_vec_add(session->arena, &policy->attach) = (bp_target_ref){.kind = kinds[target->kind],
                                                                       .text = target->text,
                                                                       .span = target->span,
                                                                       .order = target->order};
    }
}

void
bp_session_read_documents(bp_session *session, bp_program *program)
{
    for (size_t i = 0; i < session->documents.count; i++) {
        const bp_loaded_document *document = &session->documents.at[i];
        const bp_manifest_document *entry = document->entry;
        bp_policy *policy = NULL;
        if (document->source == NULL) {
            program->broken = true;
            continue;
        }
        if (!name_is_free(session, program, document)) {
            continue;
        }
        bp_span name = entry != NULL ? entry->name.span : BP_NOWHERE;
        if (!bp_document_read(session->arena, session->diagnostics, document->source,
                              document->name, name, &policy)) {
            program->broken = true;
        }
        if (entry != NULL) {
            attach(session, policy, entry);
        }
        policy->alone = entry == NULL;
        *bp_vec_add(session->arena, &program->policies) = policy;
    }
}

bool
bp_session_has_lone_documents(const bp_session *session)
{
    for (size_t i = 0; i < session->documents.count; i++) {
        if (session->documents.at[i].entry == NULL) {
            return true;
        }
    }
    return false;
}

/*
 * Documents of deployed policies: read when somebody needs them, below the folder of the inventory,
 * and only if they are the bytes that the inventory speaks of. What they say is read elsewhere.
 */
#include "compiler/session_parts.h"
#include "lib/sha256.h"

enum { DOCUMENT_CAP = 1024 * 1024 };

/* The folder of the inventory, on disk. */
static const char *
inventory_folder(bp_session *session)
{
    bp_str folder = bp_path_folder(session->org->source->path);
    if (bp_str_starts(session->org->source->path, BP_STR("/"))) {
        return folder.size == 0 ? "/" : bp_str_c(session->arena, folder);
    }
    bp_str root = bp_str_of(session->options.root);
    return bp_str_c(session->arena,
                    folder.size == 0 ? root : bp_path_join(session->arena, root, folder));
}

static bool
refuse(bp_session *session, const bp_org_policy *policy, bp_str why)
{
    bp_finding *finding =
        bp_report(session->diagnostics, "TOP016", policy->file_span,
                  "the document \"%.*s\" of deployed policy \"%.*s\" %.*s; what it says is unknown",
                  BP_ARG(policy->file), BP_ARG(policy->name), BP_ARG(why));
    bp_finding_help(session->diagnostics, finding,
                    "import the policies again: aws organizations describe-policy --policy-id %.*s",
                    BP_ARG(policy->id));
    return false;
}

static bool
refuse_file(bp_session *session, const bp_org_policy *policy, const bp_file_error *error)
{
    bp_arena *arena = session->arena;
    if (error->missing) {
        return refuse(session, policy, BP_STR("does not exist"));
    }
    if (error->outside) {
        return refuse(session, policy, BP_STR("leaves the folder of the inventory"));
    }
    if (error->too_large) {
        return refuse(session, policy,
                      bp_str_format(arena, "is larger than %d MiB", DOCUMENT_CAP >> 20));
    }
    return refuse(session, policy,
                  bp_str_format(arena, "cannot be read (%.*s)", BP_ARG(error->text)));
}

bool
bp_session_deployed_policy(bp_session *session, const bp_org_policy *policy, bp_str *text)
{
    bp_file_error error = {.missing = false};
    if (policy->file.size == 0) {
        return false;
    }
    const char *folder = inventory_folder(session);
    if (bp_file_is_link(session->arena, folder, policy->file)) {
        return refuse(session, policy, BP_STR("is a link or lies behind one"));
    }
    if (!bp_file_read(session->arena, folder, policy->file, DOCUMENT_CAP, text, &error)) {
        return refuse_file(session, policy, &error);
    }
    if (policy->chars >= 0 && (int64_t)text->size != policy->chars) {
        return refuse(session, policy,
                      bp_str_format(session->arena, "has %zu bytes, the inventory says %lld",
                                    text->size, (long long)policy->chars));
    }
    if (policy->sha256.size > 0 &&
        !bp_str_equal(policy->sha256, bp_sha256_hex(session->arena, *text))) {
        return refuse(session, policy, BP_STR("is not the one whose digest the inventory gives"));
    }
    return true;
}

void
bp_session_read_deployed(bp_session *session)
{
    for (size_t i = 0; session->org != NULL && i < session->org->policies.count; i++) {
        bp_str text = {NULL, 0};
        (void)bp_session_deployed_policy(session, &session->org->policies.at[i], &text);
    }
}

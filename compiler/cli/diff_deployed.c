/*
 * What the inventory says is deployed, as a side of `diff`: policies with their documents, which
 * lie below the folder of the inventory, attachments, and their order where it is known.
 */
#include "compiler/cli/diff.h"

typedef struct deployed {
    bp_diff *diff;
    bp_side *side;
    const bp_organization *org;
    bp_str folder;   /* of the inventory, as it is shown */
    bp_map *entries; /* id of a policy → bp_manifest_document * */
} deployed;

/* The policies that are attached to something, with their targets. */
static void
read_attachments(deployed *d)
{
    bp_arena *arena = d->diff->run->arena;
    bp_map *at_target = bp_map_new(arena);
    for (size_t i = 0; i < d->org->attachments.count; i++) {
        const bp_org_attachment *attachment = &d->org->attachments.at[i];
        bp_manifest_document *entry = bp_map_get(d->entries, attachment->policy);
        if (entry == NULL || attachment->to.size == 0) {
            bp_diff_note(d->diff,
                         "the inventory attaches policy %.*s to something that its tree does not "
                         "hold, or does not describe it: that is not compared",
                         BP_ARG(attachment->policy));
            continue;
        }
        unsigned *count = bp_map_get(at_target, attachment->to);
        if (count == NULL) {
            count = BP_NEW(arena, unsigned);
            bp_map_set(at_target, attachment->to, count);
        }
        ++*count;
        *bp_vec_add(arena, &entry->attach) =
            bp_diff_target(attachment->to, attachment->ordered ? *count : 0);
        if (*count == 2 && !attachment->ordered) {
            bp_diff_note(d->diff,
                         "the inventory does not say in which order the policies of %.*s were "
                         "attached; the order of the inventory is taken",
                         BP_ARG(attachment->to));
        }
    }
}

static bool
read_document(deployed *d, const bp_org_policy *policy, bp_str *text)
{
    if (bp_session_deployed_policy(d->side->session, policy, text)) {
        return true;
    }
    bp_report_errors(d->diff->run, d->side->session);
    bp_run_trouble(d->diff->run, "cannot compare: the document of the deployed policy \"%.*s\" %s",
                   BP_ARG(policy->name.size > 0 ? policy->name : policy->id),
                   policy->file.size > 0 ? "is unknown" : "is not in the inventory");
    return false;
}

static bool
read_policies(deployed *d)
{
    bp_arena *arena = d->diff->run->arena;
    for (size_t i = 0; i < d->org->policies.count; i++) {
        const bp_org_policy *policy = &d->org->policies.at[i];
        bp_manifest_document *entry = bp_map_get(d->entries, policy->id);
        bp_str text = {0};
        if (entry->attach.count == 0 && policy->file.size == 0) {
            bp_diff_note(d->diff,
                         "the deployed policy \"%.*s\" is attached to nothing and its document is "
                         "not in the inventory: it is not compared",
                         BP_ARG(entry->name.text));
            continue;
        }
        if (!read_document(d, policy, &text)) {
            return false;
        }
        bp_str path = bp_path_join(arena, d->folder, policy->file);
        bp_diff_add_policy(d->side->session, path, text, entry);
    }
    return true;
}

static void
make_entries(deployed *d)
{
    bp_arena *arena = d->diff->run->arena;
    for (size_t i = 0; i < d->org->policies.count; i++) {
        const bp_org_policy *policy = &d->org->policies.at[i];
        bp_manifest_document *entry = BP_NEW(arena, bp_manifest_document);
        entry->name.text = policy->name.size > 0 ? policy->name : policy->id;
        entry->file.text = policy->file;
        entry->attach_written = true;
        bp_map_set(d->entries, policy->id, entry);
    }
}

bool
bp_diff_open_deployed(bp_diff *diff, bp_side *side)
{
    bp_run *run = diff->run;
    bp_options options = {.root = diff->here.root != NULL ? diff->here.root : run->start,
                          .as_of = run->as_of};
    side->kind = BP_SIDE_DEPLOYED;
    side->name = BP_STR("what is deployed");
    side->session = bp_session_new(run->arena, &options);
    side->session->whole = true;
    if (!bp_diff_inventory(diff, side->session)) {
        return false;
    }
    deployed d = {.diff = diff, .side = side, .org = side->session->org};
    if (d.org == NULL) {
        bp_run_trouble(run, "what is deployed stands in the inventory, and there is none; name one "
                            "with --inventory");
        return false;
    }
    if (d.org->policies.count == 0 && !d.org->policies_complete) {
        bp_run_trouble(run,
                       "the inventory \"%.*s\" does not say which backup policies are deployed",
                       BP_ARG(d.org->source->path));
        return false;
    }
    if (!d.org->policies_complete) {
        bp_diff_note(diff, "the inventory does not claim to hold all deployed policies");
    }
    d.folder = bp_path_folder(d.org->source->path);
    d.entries = bp_map_new(run->arena);
    make_entries(&d);
    read_attachments(&d);
    return read_policies(&d) && bp_diff_compile(diff, side);
}

/*
 * Import of a policy document, with what a project around it knows: the partition of its ARNs, the
 * paths of its roles, and which blocks the policies above the document define.
 */
#include "compiler/backpol.h"

typedef struct heritage {
    const bp_model *model;
    const bp_bound_policy *policy; /* the document, where the project attaches it */
} heritage;

/* Whether an OU is another one or stands above it. */
static bool
is_above(const bp_organization *org, const bp_ou *above, const bp_ou *below)
{
    size_t own = (size_t)(below - org->ous.at);
    size_t first = (size_t)(above - org->ous.at);
    return own >= first && own < above->end_ou;
}

static bool
covers(const bp_organization *org, const bp_bound_target *above, const bp_bound_target *target)
{
    if (above->account != NULL || above->ou == NULL) {
        return above->account != NULL && above->account == target->account;
    }
    const bp_ou *ou = target->account != NULL ? &org->ous.at[target->account->ou] : target->ou;
    return ou != NULL && is_above(org, above->ou, ou);
}

/* The child of a key, or of keys joined by '/' where they are fixed ones. */
static const bp_node *
step(const bp_node *node, bp_str keys, bool fixed)
{
    while (node != NULL && keys.size > 0) {
        size_t end = fixed ? bp_str_find(keys, '/') : keys.size;
        const bp_node *child = node->first;
        while (child != NULL && !bp_str_equal_folded(child->key, bp_str_cut(keys, 0, end))) {
            child = child->next;
        }
        node = child;
        keys = bp_str_cut(keys, end + 1, keys.size);
    }
    return node;
}

static bool
defines(const bp_node *node, const bp_str *way, size_t count)
{
    for (size_t i = 0; i < count && node != NULL; i++) {
        node = step(node, way[i], i % 2 == 0);
    }
    return node != NULL;
}

typedef enum standing { ELSEWHERE, BESIDE, ABOVE } standing;

/* Where a policy that defines the block stands, seen from a target of the one that is imported. */
static standing
standing_of(const heritage *from, const bp_bound_policy *other, const bp_bound_target *target,
            const bp_str *way, size_t count)
{
    standing found = ELSEWHERE;
    bool defined = defines(other->policy->document, way, count);
    for (size_t i = 0; defined && i < other->targets.count; i++) {
        const bp_bound_target *at = &other->targets.at[i];
        if (covers(from->model->org, at, target)) {
            bool peer = at->ou == target->ou && at->account == target->account;
            found = peer && found == ELSEWHERE ? BESIDE : peer ? found : ABOVE;
        }
    }
    return found;
}

/* Whether a policy has a target at which nobody else defines the block. */
static bool
must_define(const heritage *from, const bp_bound_policy *policy, const bp_str *way, size_t count)
{
    const bp_model *model = from->model;
    bool all = true;
    for (size_t t = 0; all && t < policy->targets.count; t++) {
        all = false;
        for (size_t i = 0; !all && i < model->policies.count; i++) {
            const bp_bound_policy *other = &model->policies.at[i];
            all = other != policy &&
                  standing_of(from, other, &policy->targets.at[t], way, count) != ELSEWHERE;
        }
    }
    return !all;
}

/* Whether a policy changes the plan of a way rather than bringing it whole. */
static bool
is_half(const bp_bound_policy *bound, const bp_str *way)
{
    const bp_node *plan = step(step(bound->policy->document, way[0], true), way[1], false);
    return plan != NULL && bp_part_extends(&(bp_part){plan, bound});
}

/* Of two policies at one target that define one block, whether the other one brings it: it has to,
 * for some other target; else the whole plan before the half one, and the first that is declared.
 * What says `extend` brings nothing. */
static bool
brings(const heritage *from, const bp_bound_policy *other, const bp_str *way, size_t count)
{
    bool half = is_half(from->policy, way);
    bool other_half = is_half(other, way);
    if (other_half && !other->policy->from_json) {
        return false;
    }
    if (must_define(from, other, way, count)) {
        return true;
    }
    return half != other_half ? half : other < from->policy;
}

static bool
is_brought(const heritage *from, const bp_bound_target *target, const bp_str *way, size_t count)
{
    const bp_model *model = from->model;
    for (size_t i = 0; i < model->policies.count; i++) {
        const bp_bound_policy *other = &model->policies.at[i];
        if (other != from->policy) {
            standing at = standing_of(from, other, target, way, count);
            if (at == ABOVE || (at == BESIDE && brings(from, other, way, count))) {
                return true;
            }
        }
    }
    return false;
}

/* A block is inherited where each target has it from another policy, and so are those around it. */
static bool
inherits(void *context, const bp_str *way, size_t count)
{
    const heritage *from = context;
    for (size_t blocks = 2; blocks <= count; blocks += 2) {
        for (size_t i = 0; i < from->policy->targets.count; i++) {
            if (!is_brought(from, &from->policy->targets.at[i], way, blocks)) {
                return false;
            }
        }
    }
    return from->policy->targets.count > 0;
}

/* The policy that a project makes of this document. */
static const bp_bound_policy *
policy_of(const bp_session *project, bp_str path)
{
    for (size_t i = 0; i < project->documents.count; i++) {
        const bp_loaded_document *document = &project->documents.at[i];
        if (document->entry == NULL || !bp_str_equal(document->entry->file.text, path)) {
            continue;
        }
        for (size_t k = 0; k < project->model->policies.count; k++) {
            if (bp_str_equal(project->model->policies.at[k].policy->name, document->name)) {
                return &project->model->policies.at[k];
            }
        }
    }
    return NULL;
}

bp_import_result
bp_session_import(bp_session *session, const bp_session *project, const bp_import_order *order,
                  bp_str *text)
{
    bp_import import = {.arena = session->arena,
                        .diagnostics = session->diagnostics,
                        .name = order->name,
                        .partition = order->partition,
                        .attach = order->attach};
    heritage from = {0};
    if (project != NULL && project->model != NULL) {
        from = (heritage){project->model, policy_of(project, order->path)};
        import.project = project->program;
        import.partition = project->org == NULL ? BP_STR("") : project->org->partition;
    }
    if (from.policy != NULL && from.model->org != NULL) {
        import.inherits = inherits;
        import.context = &from;
    }
    const bp_source *source = bp_sources_add(session->sources, order->shown, order->text);
    return bp_import_document(&import, source, text);
}

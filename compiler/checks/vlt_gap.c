/*
 * VLT009: declared air-gapped vaults that AWS does not make: without bounds, with a minimum that is
 * too short, or in a Region that has none. And SYN018 where a rule names a vault of the other kind
 * than its setting takes.
 *
 * What goes into such a vault is for the locks (VLT008) and the copies (CPY011).
 */
#include "compiler/checks/families.h"
#include "compiler/checks/needs.h"
#include "compiler/checks/walk.h"

/* ---- bounds */

static void
judge_bound(const bp_check_context *context, const bp_vault *vault, const char *setting,
            bp_span span)
{
    if (bp_span_exists(span)) {
        return;
    }
    bp_finding *finding =
        bp_report(context->diagnostics, "VLT009", vault->span,
                  "air-gapped vault \"%.*s\" without %s; AWS Backup makes none without both bounds",
                  BP_ARG(vault->name), setting);
    bp_finding_help(context->diagnostics, finding, "add for example %s = %s", setting,
                    setting[1] == 'i' ? "7d" : "365d");
}

static void
judge_minimum(const bp_check_context *context, const bp_vault *vault)
{
    int64_t least = bp_quota_find(context->facts, "LAG_MIN_RETENTION")->value;
    const bp_lock *lock = &vault->lock;
    if (!bp_span_exists(lock->min_span) || lock->min_days < 0 || lock->min_days >= least) {
        return;
    }
    bp_finding *finding =
        bp_report(context->diagnostics, "VLT009", lock->min_span,
                  "a minimum of %lld day%s for an air-gapped vault; AWS Backup takes %lld days or "
                  "more",
                  (long long)lock->min_days, bp_plural(lock->min_days), (long long)least);
    bp_finding_label(context->diagnostics, finding, vault->span, "the air-gapped vault");
}

/* ---- Regions */

/* Regions of a mask that have no such vault; `doubtful` gets those that some source says have. */
static bp_region_mask
without_vaults(const bp_facts *facts, bp_region_mask mask, bp_region_mask *doubtful)
{
    size_t count = 0;
    bp_region_mask without = 0;
    const bp_region *regions = bp_regions(facts, &count);
    for (size_t i = 0; i < count; i++) {
        if ((mask & BP_REGION_BIT(i)) == 0 || regions[i].air_gapped_vault != BP_ABSENT) {
            continue;
        }
        without |= BP_REGION_BIT(i);
        if (bp_region_mark(&regions[i], "air_gapped_vault") != BP_MARK_VERIFIED) {
            *doubtful |= BP_REGION_BIT(i);
        }
    }
    return without;
}

static void
report_regions(const bp_check_context *context, const bp_vault *vault, bp_region_mask without,
               bp_span span, bool sure)
{
    bp_diagnostics *list = context->diagnostics;
    bool written = vault->regions_written;
    bp_str words = bp_mask_words(context, without);
    bp_finding *finding = bp_report(list, "VLT009", span,
                                    "air-gapped vault \"%.*s\" in %.*s; AWS Backup has no such "
                                    "vaults there",
                                    BP_ARG(vault->name), BP_ARG(words));
    finding->severity = sure ? finding->severity : BP_WARNING;
    bp_finding_label(list, finding, vault->span, "declared here");
    if (!sure) {
        bp_finding_note(list, finding,
                        "pages of AWS disagree about it; the stricter ones are believed");
    }
    bp_finding_help(list, finding, "%s",
                    written ? "take the Region out of regions"
                            : "run the plan in other Regions, or without air_gapped_vault there; "
                              "the vault is not deployed to these");
}

static void
judge_mask(const bp_check_context *context, const bp_vault *vault, bp_region_mask mask,
           bp_span span)
{
    bp_region_mask doubtful = 0;
    bp_region_mask without = without_vaults(context->facts, mask, &doubtful);
    if ((without & ~doubtful) != 0) {
        report_regions(context, vault, without & ~doubtful, span, true);
    }
    if (doubtful != 0) {
        report_regions(context, vault, doubtful, span, false);
    }
}

static void
judge_written_regions(const bp_check_context *context, const bp_vault *vault)
{
    for (size_t i = 0; i < vault->regions.count; i++) {
        const bp_value *region = vault->regions.at[i];
        int index =
            region->kind == BP_VALUE_TEXT ? bp_region_index(context->facts, region->text) : -1;
        if (index >= 0) {
            judge_mask(context, vault, BP_REGION_BIT(index), region->span);
        }
    }
}

/* A vault that is placed by need goes where policies want it: the reference is what leads there. */
static void
judge_needs(const bp_check_context *context)
{
    if (context->model == NULL || context->effective == NULL) {
        return;
    }
    const bp_needs *needs = bp_needs_of(context);
    for (size_t i = 0; i < needs->vaults.count; i++) {
        const bp_vault_need *need = &needs->vaults.at[i];
        const bp_vault *vault = need->vault != NULL ? need->vault->vault : NULL;
        if (vault != NULL && vault->air_gapped && !vault->regions_written) {
            judge_mask(context, vault, bp_need_regions(need), need->name_span);
        }
    }
}

/* ---- the other kind */

static void
judge_kind(const bp_place *place, const char *path, bool air_gapped)
{
    bp_diagnostics *list = place->context->diagnostics;
    const bp_value *value = bp_node_value(place->node, path);
    const bp_reference *reference = value != NULL ? value->reference : NULL;
    if (reference == NULL || reference->kind != BP_REF_VAULT) {
        return;
    }
    const bp_vault *vault = bp_map_get(place->context->program->vault_by_name, reference->name);
    if (vault == NULL || vault->air_gapped == air_gapped) {
        return;
    }
    bp_finding *finding =
        bp_report(list, "SYN018", reference->name_span,
                  air_gapped ? "\"%.*s\" is an ordinary vault; \"air_gapped_vault\" takes an "
                               "air-gapped one"
                             : "\"%.*s\" is an air-gapped vault; \"vault\" takes an ordinary one, "
                               "which backups reach first",
                  BP_ARG(reference->name));
    finding->aws = BP_AWS_JOB_FAILS;
    bp_finding_label(list, finding, vault->span, "declared as %s vault",
                     air_gapped ? "an ordinary" : "an air-gapped");
    bp_finding_help(list, finding, "%s",
                    air_gapped ? "declare an air_gapped vault for it, under another name"
                               : "name an ordinary vault here and this one in air_gapped_vault");
    (void)bp_text_finding(place, finding, value->uses);
}

static void
judge_rule(const bp_place *place)
{
    judge_kind(place, "target_backup_vault_name", false);
    judge_kind(place, "target_logically_air_gapped_backup_vault_arn", true);
}

void
bp_check_air_gapped_vaults(const bp_check_context *context)
{
    if (context->program == NULL) {
        return;
    }
    for (size_t i = 0; i < context->program->vaults.count; i++) {
        const bp_vault *vault = context->program->vaults.at[i];
        if (vault->air_gapped) {
            judge_bound(context, vault, "min_retention", vault->lock.min_span);
            judge_bound(context, vault, "max_retention", vault->lock.max_span);
            judge_minimum(context, vault);
            judge_written_regions(context, vault);
        }
    }
    judge_needs(context);
    bp_each_rule(context, judge_rule);
}

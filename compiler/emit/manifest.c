/*
 * manifest.json: what the folder holds and how it is deployed; and reading back which files an
 * earlier one lists.
 *
 * Fields that do not apply are absent. There is no time stamp, host or path outside the folder, and
 * the version stands in one place only, so artifacts stay equal across releases.
 */
#include "compiler/emit/parts.h"

#include "lib/json_read.h"
#include "lib/sha256.h"

#include <stdlib.h>

#define MANIFEST_FORMAT "backpol/manifest/1"
#define MANIFEST_PATH "manifest.json"

static void
put_prerequisite(bp_json *list, const char *what, const char *service, const char *operation,
                 bp_json *arguments)
{
    bp_json *row = bp_json_push_object(list);
    bp_json_put_c(row, "what", what);
    if (service == NULL) {
        bp_json_put_bool(row, "manual", true);
        return;
    }
    bp_json_put_c(row, "service", service);
    bp_json_put_c(row, "operation", operation);
    if (arguments != NULL) {
        bp_json_put(row, "arguments", arguments);
    }
}

static void
put_prerequisites(bp_emission *emission, bp_json *manifest)
{
    bp_arena *arena = emission->arena;
    bp_json *list = bp_json_put_array(manifest, "prerequisites");
    put_prerequisite(list, "all features enabled in the organization", NULL, NULL, NULL);
    put_prerequisite(list, "StackSets trusted access", "cloudformation",
                     "activate-organizations-access", NULL);
    bp_json *principal = bp_json_object(arena);
    bp_json_put_c(principal, "ServicePrincipal", "backup.amazonaws.com");
    put_prerequisite(list, "AWS Backup trusted access", "organizations",
                     "enable-aws-service-access", principal);
    if (emission->deployment->cross_account_copies) {
        bp_json *settings = bp_json_object(arena);
        bp_json_put_c(bp_json_put_object(settings, "GlobalSettings"), "isCrossAccountBackupEnabled",
                      "true");
        put_prerequisite(list, "cross-account backup", "backup", "update-global-settings",
                         settings);
    }
}

/* What stacks and stack sets have in common, from `kind` to `capabilities`. */
static void
put_stack(bp_emission *emission, bp_json *row, const bp_template *template, const char *folder)
{
    bp_arena *arena = emission->arena;
    const bp_stack *stack = template->stack;
    bp_json_put_c(row, "kind", bp_stack_word(stack));
    bp_json_put_text(row, "slug", stack->slug);
    bp_json_put_text(row, "creates", stack->name);
    if (bp_emission_has(emission, BP_TARGET_TEMPLATES)) {
        bp_json_put_text(row, "template",
                         bp_str_format(arena, "%s/%.*s.template.json", folder,
                                       BP_ARG(bp_stack_key(arena, stack))));
    }
    bp_json_put_text(bp_json_put_object(row, "parameters"),
                     stack->kind == BP_STACK_ROLE ? "BackupRoleName" : "BackupVaultName",
                     stack->name);
    bp_json *capabilities = bp_json_put_array(row, "capabilities");
    if (template->named_iam) {
        bp_json_push_text(capabilities, BP_STR("CAPABILITY_NAMED_IAM"));
    }
}

static void
put_stacks(bp_emission *emission, bp_json *manifest)
{
    bp_json *management = bp_json_put_object(manifest, "management_account");
    bp_json *list = bp_json_put_array(management, "stacks");
    for (size_t i = 0; i < emission->templates.count; i++) {
        const bp_template *template = &emission->templates.at[i];
        if (template->stack->management_regions.count > 0) {
            bp_json *row = bp_json_push_object(list);
            bp_json_put_text(row, "stack_name", template->stack->stack_name);
            put_stack(emission, row, template, "management-account");
            bp_json_put(row, "regions",
                        bp_texts(emission->arena, &template->stack->management_regions));
        }
    }
}

static void
put_group(bp_arena *arena, bp_json *list, const bp_instance_group *group)
{
    bp_json *row = bp_json_push_object(list);
    bp_json_put(row, "organizational_unit_ids", bp_texts(arena, &group->ous));
    bp_json_put(row, "regions", bp_texts(arena, &group->regions));
    if (group->accounts.count > 0) {
        bp_json_put(row, "accounts", bp_texts(arena, &group->accounts));
        bp_json_put_c(row, "account_filter_type", "INTERSECTION");
    }
}

static void
put_stack_sets(bp_emission *emission, bp_json *manifest)
{
    bp_json *list = bp_json_put_array(manifest, "stack_sets");
    for (size_t i = 0; i < emission->templates.count; i++) {
        const bp_template *template = &emission->templates.at[i];
        if (template->stack->groups.count == 0) {
            continue;
        }
        bp_json *row = bp_json_push_object(list);
        bp_json_put_text(row, "name", template->stack->stack_name);
        put_stack(emission, row, template, "templates");
        bp_json *instances = bp_json_put_array(row, "instances");
        for (size_t g = 0; g < template->stack->groups.count; g++) {
            put_group(emission->arena, instances, &template->stack->groups.at[g]);
        }
        if (emission->bucket != NULL) {
            bp_json_put_text(row, "template_url", template->url);
        }
    }
}

static void
put_policies(bp_emission *emission, bp_json *manifest)
{
    bp_arena *arena = emission->arena;
    bp_json *list = bp_json_put_array(manifest, "policies");
    for (size_t i = 0; i < emission->deployment->policies.count; i++) {
        const bp_deployed_policy *policy = &emission->deployment->policies.at[i];
        bp_json *row = bp_json_push_object(list);
        bp_json_put_text(row, "name", policy->policy->name);
        bp_json_put_text(row, "slug", policy->slug);
        bp_json_put_text(row, "description", policy->policy->description);
        bp_json_put_c(row, "type", "BACKUP_POLICY");
        if (bp_emission_has(emission, BP_TARGET_POLICIES)) {
            bp_json_put_text(row, "content",
                             bp_str_format(arena, "policies/%.*s.json", BP_ARG(policy->slug)));
        }
        bp_json_put_number(row, "characters", (int64_t)policy->characters);
        bp_json_put(row, "targets", bp_texts(arena, &policy->targets));
    }
}

static void
put_removals(bp_emission *emission, bp_json *manifest)
{
    bp_json *list = bp_json_put_array(manifest, "removals");
    const bp_removals *removals = &emission->artifacts->removals;
    for (size_t i = 0; i < removals->count; i++) {
        const bp_removal *removal = &removals->at[i];
        bp_json *row = bp_json_push_object(list);
        bp_json_put_c(row, "what", bp_removal_word(removal->what));
        bp_json_put_text(row, "name", removal->name);
        bp_json_put_text(row, "detail", removal->detail);
        bp_json_put_text(row, "input", removal->input);
    }
}

static void
put_paths(bp_emission *emission, bp_json *manifest)
{
    if (bp_emission_has(emission, BP_TARGET_CLOUDFORMATION)) {
        bp_json *part = bp_json_put_object(manifest, "cloudformation");
        bp_json_put_c(part, "stack_name", "backpol");
        bp_json_put_c(part, "template", "cloudformation/management.template.json");
    }
    if (bp_emission_has(emission, BP_TARGET_CLI)) {
        bp_json *part = bp_json_put_object(manifest, "cli");
        bp_json_put_c(part, "script", "cli/deploy.sh");
        bp_json_put_c(part, "plan", "cli/plan.tsv");
        bp_json_put(part, "steps", emission->steps);
    }
    if (bp_emission_has(emission, BP_TARGET_TERRAFORM)) {
        bp_json_put_c(bp_json_put_object(manifest, "terraform"), "directory", "terraform");
    }
    if (emission->previous != NULL) {
        put_removals(emission, manifest);
    }
    if (emission->bucket != NULL) {
        bp_json_put_text(manifest, "template_bucket", emission->bucket->url);
    }
}

static void
put_head(bp_emission *emission, bp_json *manifest)
{
    const bp_deployment *deployment = emission->deployment;
    bp_json_put_c(manifest, "format", MANIFEST_FORMAT);
    bp_json *generator = bp_json_put_object(manifest, "generator");
    bp_json_put_c(generator, "name", "backpol");
    bp_json_put_c(generator, "version", BACKPOL_VERSION);
    bp_json_put_text(manifest, "partition", deployment->partition);
    bp_json_put_text(manifest, "home_region", deployment->home_region);
    if (deployment->organization_id.size > 0) {
        bp_json *organization = bp_json_put_object(manifest, "organization");
        bp_json_put_text(organization, "id", deployment->organization_id);
        bp_json_put_text(organization, "root_id", deployment->root_id);
        bp_json_put_text(organization, "management_account_id", deployment->management_id);
    }
}

static int
compare_files(const void *a, const void *b)
{
    return bp_str_compare(((const bp_file_out *)a)->path, ((const bp_file_out *)b)->path);
}

void
bp_emit_manifest(bp_emission *emission)
{
    bp_arena *arena = emission->arena;
    bp_json *manifest = bp_json_object(arena);
    put_head(emission, manifest);
    put_prerequisites(emission, manifest);
    put_stacks(emission, manifest);
    put_stack_sets(emission, manifest);
    put_policies(emission, manifest);
    put_paths(emission, manifest);
    bp_json *files = bp_json_put_object(manifest, "files");
    bp_artifacts *artifacts = emission->artifacts;
    if (artifacts->files.count > 0) {
        qsort(artifacts->files.at, artifacts->files.count, sizeof artifacts->files.at[0],
              compare_files);
    }
    for (size_t i = 0; i < artifacts->files.count; i++) {
        const bp_file_out *file = &artifacts->files.at[i];
        if (i > 0 && bp_str_equal(file->path, artifacts->files.at[i - 1].path)) {
            bp_emit_fault(emission, BP_NOWHERE, "two artifacts are named \"%.*s\"",
                          BP_ARG(file->path));
            continue;
        }
        bp_json_put_text(files, bp_str_c(arena, file->path), bp_sha256_hex(arena, file->text));
    }
    bp_emit_json(emission, BP_STR(MANIFEST_PATH), manifest, BP_JSON_PRETTY);
}

/* Reads the members of "files", whose opening brace was just taken. */
static bool
read_files(bp_arena *arena, bp_json_reader *reader, bp_strings *paths)
{
    for (;;) {
        bp_json_event key = bp_json_next(reader);
        if (key.kind == BP_JSON_OBJECT_END) {
            return true;
        }
        bp_json_event value = bp_json_next(reader);
        if (key.kind != BP_JSON_KEY || value.kind != BP_JSON_STRING) {
            return false;
        }
        bp_str clean = {0};
        if (bp_path_clean(arena, key.text, &clean) && bp_str_equal(clean, key.text) &&
            !bp_str_is(clean, MANIFEST_PATH)) {
            *bp_vec_add(arena, paths) = bp_str_copy(arena, clean);
        }
    }
}

bool
bp_manifest_files(bp_arena *arena, bp_str manifest_json, bp_strings *paths)
{
    bp_source *source = BP_NEW(arena, bp_source);
    source->path = BP_STR(MANIFEST_PATH);
    source->text = manifest_json;
    bp_json_reader *reader = bp_json_reader_new(arena, source);
    bool ours = false;
    bool listed = false;
    *paths = (bp_strings){0};
    if (bp_json_next(reader).kind != BP_JSON_OBJECT) {
        return false;
    }
    for (;;) {
        bp_json_event key = bp_json_next(reader);
        if (key.kind == BP_JSON_OBJECT_END) {
            return ours && listed && bp_json_next(reader).kind == BP_JSON_END;
        }
        if (key.kind != BP_JSON_KEY) {
            return false;
        }
        bp_json_event value = bp_json_next(reader);
        if (bp_str_is(key.text, "format")) {
            ours = value.kind == BP_JSON_STRING && bp_str_is(value.text, MANIFEST_FORMAT);
        }
        if (bp_str_is(key.text, "files") && value.kind == BP_JSON_OBJECT) {
            listed = true;
            if (!read_files(arena, reader, paths)) {
                return false;
            }
        } else if (!bp_json_skip(reader, value)) {
            return false;
        }
    }
}

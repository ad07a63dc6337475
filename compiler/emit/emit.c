/*
 * Emit: collects the files of a build in memory, reads back what was printed, and lists them.
 *
 * Nothing is written here. What comes in is the deployment alone; a build with any error reported
 * here is no build.
 */
#include "compiler/emit/parts.h"

/* Names of files come from slugs, ids and Regions: anything else is refused. */
static bool
path_is_strict(bp_str path)
{
    if (path.size == 0 || !bp_is_alnum(path.at[0]) || bp_str_contains(path, BP_STR(".."))) {
        return false;
    }
    for (size_t i = 0; i < path.size; i++) {
        char c = path.at[i];
        if (!bp_is_alnum(c) && c != '.' && c != '_' && c != '/' && c != '-') {
            return false;
        }
    }
    return true;
}

void
bp_emit_file(bp_emission *emission, bp_str path, bp_str text, bool executable)
{
    if (!path_is_strict(path)) {
        bp_report(emission->diagnostics, "OPS010", BP_NOWHERE,
                  "\"%.*s\" cannot be the name of a file; letters, digits, \".\", \"_\", \"-\" and "
                  "\"/\" can",
                  BP_ARG(path));
        emission->good = false;
        return;
    }
    *bp_vec_add(emission->arena, &emission->artifacts->files) =
        (bp_file_out){.path = path, .text = text, .executable = executable};
}

void
bp_emit_fault(bp_emission *emission, bp_span span, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bp_str text = bp_str_vformat(emission->arena, format, arguments);
    va_end(arguments);
    bp_finding *finding = bp_report(emission->diagnostics, "OPS009", span, "%.*s", BP_ARG(text));
    bp_finding_help(emission->diagnostics, finding, "this is a mistake of backpol: report it");
    emission->good = false;
}

void
bp_emit_json(bp_emission *emission, bp_str path, const bp_json *value, bp_json_style style)
{
    bp_str text = bp_json_print(emission->arena, value, style);
    if (!bp_json_same(emission->arena, value, text)) {
        bp_emit_fault(emission, BP_NOWHERE, "\"%.*s\" does not read back as it was meant",
                      BP_ARG(path));
        return;
    }
    bp_emit_file(emission, path, bp_str_format(emission->arena, "%.*s\n", BP_ARG(text)), false);
}

bool
bp_emission_has(const bp_emission *emission, unsigned target)
{
    return (emission->targets & target) != 0;
}

/* Who may copy into a vault is named by ids, which only an inventory gives: without them the
 * template would silently let nobody in. */
static bool
can_name_sources(bp_emission *emission, const bp_stack *stack)
{
    bool asked = stack->copies_in.organization || stack->vault->allow_copies_from.count > 0;
    if (!asked || emission->deployment->organization_id.size > 0) {
        return true;
    }
    bp_finding *finding = bp_report(emission->diagnostics, "OPS009", stack->vault->span,
                                    "the template of vault \"%.*s\" could not be made; "
                                    "allow_copies_from needs the ids that only an inventory gives",
                                    BP_ARG(stack->name));
    bp_finding_help(emission->diagnostics, finding, "name an inventory in backpol.yaml");
    emission->good = false;
    return false;
}

static void
name_in_bucket(const bp_emission *emission, bp_template *template)
{
    bp_arena *arena = emission->arena;
    bp_str pretty = bp_json_print(arena, template->document, BP_JSON_PRETTY);
    template->file = bp_str_format(arena, "%.*s\n", BP_ARG(pretty));
    if (emission->bucket != NULL) {
        bp_str name = bp_bucket_object(arena, template->file);
        template->url =
            bp_str_format(arena, "%.*s/%.*s", BP_ARG(emission->bucket->url), BP_ARG(name));
    }
}

static void
make_templates(bp_emission *emission)
{
    bp_arena *arena = emission->arena;
    const bp_deployment *deployment = emission->deployment;
    for (size_t i = 0; i < deployment->stacks.count; i++) {
        const bp_stack *stack = &deployment->stacks.at[i];
        bool role = stack->kind == BP_STACK_ROLE;
        if (!role && !can_name_sources(emission, stack)) {
            continue;
        }
        bp_template *template = bp_vec_add(arena, &emission->templates);
        template->stack = stack;
        template->document = role ? bp_role_template(deployment->facts, arena, stack)
                                  : bp_vault_template(arena, stack, deployment->organization_id);
        template->body = bp_json_print(arena, template->document, BP_JSON_COMPACT);
        name_in_bucket(emission, template);
        template->named_iam = role;
    }
}

void
bp_emit_templates(bp_emission *emission)
{
    bp_arena *arena = emission->arena;
    for (size_t i = 0; i < emission->templates.count; i++) {
        const bp_template *template = &emission->templates.at[i];
        bp_str key = bp_stack_key(arena, template->stack);
        bp_emit_json(emission, bp_str_format(arena, "templates/%.*s.template.json", BP_ARG(key)),
                     template->document, BP_JSON_PRETTY);
        if (template->stack->management_regions.count > 0) {
            bp_emit_json(emission,
                         bp_str_format(arena, "management-account/%.*s.template.json", BP_ARG(key)),
                         template->document, BP_JSON_PRETTY);
        }
    }
}

void
bp_put_template_text(const bp_emission *emission, bp_json *to, const bp_template *template)
{
    if (emission->bucket != NULL) {
        bp_json_put_text(to, "TemplateURL", template->url);
    } else {
        bp_json_put_text(to, "TemplateBody", template->body);
    }
}

bool
bp_calls_for_itself(const bp_emission *emission)
{
    return bp_str_is(bp_str_of(emission->call_as), "SELF");
}

unsigned
bp_build_targets(const bp_build_order *order)
{
    unsigned targets = order->targets;
    if ((targets & BP_TARGET_TERRAFORM) != 0) {
        targets |= BP_TARGET_POLICIES | BP_TARGET_TEMPLATES;
    }
    if (order->bucket != NULL) {
        targets |= BP_TARGET_TEMPLATES;
    }
    return targets;
}

static bp_emission
start(bp_arena *arena, bp_diagnostics *diagnostics, const bp_deployment *deployment,
      const bp_build_order *order)
{
    return (bp_emission){.arena = arena,
                         .diagnostics = diagnostics,
                         .deployment = deployment,
                         .targets = bp_build_targets(order),
                         .bucket = order->bucket,
                         .previous = order->previous,
                         .call_as = order->delegated ? "DELEGATED_ADMIN" : "SELF",
                         .artifacts = BP_NEW(arena, bp_artifacts),
                         .steps = bp_json_array(arena),
                         .good = true};
}

/* What must hold before anything is made. */
static bool
may_start(bp_emission *emission)
{
    if (!bp_check_active_text(emission)) {
        return false;
    }
    if (!emission->deployment->resolved &&
        bp_emission_has(emission, BP_TARGET_CLOUDFORMATION | BP_TARGET_CLI | BP_TARGET_TERRAFORM)) {
        bp_emit_fault(emission, BP_NOWHERE,
                      "a deployment was asked for although some of its targets are not known");
        return false;
    }
    make_templates(emission);
    return true;
}

bool
bp_emit(bp_arena *arena, bp_diagnostics *diagnostics, const bp_deployment *deployment,
        const bp_build_order *order, bp_artifacts **artifacts)
{
    bp_emission emission = start(arena, diagnostics, deployment, order);
    *artifacts = emission.artifacts;
    if (!may_start(&emission)) {
        return false;
    }
    if (bp_emission_has(&emission, BP_TARGET_POLICIES)) {
        bp_emit_policies(&emission);
    }
    if (bp_emission_has(&emission, BP_TARGET_TEMPLATES)) {
        bp_emit_templates(&emission);
    }
    if (bp_emission_has(&emission, BP_TARGET_CLOUDFORMATION)) {
        bp_emit_management(&emission);
    }
    if (bp_emission_has(&emission, BP_TARGET_CLI)) {
        bp_emit_cli(&emission);
    }
    if (bp_emission_has(&emission, BP_TARGET_TERRAFORM)) {
        bp_emit_terraform(&emission);
    }
    if (emission.previous != NULL) {
        bp_emit_removals(&emission);
    }
    if (bp_emission_has(&emission, BP_TARGET_EFFECTIVE | BP_TARGET_EFFECTIVE_ALL)) {
        bp_emit_effective(&emission);
    }
    bp_check_templates(&emission);
    bp_emit_manifest(&emission);
    bp_check_order(&emission);
    return emission.good;
}

bool
bp_emit_judge(bp_arena *arena, bp_diagnostics *diagnostics, const bp_deployment *deployment,
              unsigned targets)
{
    bp_build_order order = {.targets = targets};
    bp_emission emission = start(arena, diagnostics, deployment, &order);
    if (!may_start(&emission)) {
        return false;
    }
    if (bp_emission_has(&emission, BP_TARGET_CLOUDFORMATION)) {
        bp_emit_management(&emission);
    }
    bp_check_templates(&emission);
    return emission.good;
}

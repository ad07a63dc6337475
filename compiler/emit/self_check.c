/*
 * Self-check: every template and stack set input is read again as text and judged by what AWS
 * demands of it (STK003), and by size (QTA008).
 *
 * It knows nothing of how the texts were made: a mistake of the emitter must not hide here too.
 */
#include "compiler/emit/parts.h"

#include "lib/json_read.h"

enum { DEPTH = 64, MARGIN_PERCENT = 80 };

/* Where the reader is: the keys from the top down; array elements have an empty one. */
typedef struct place {
    bp_str keys[DEPTH];
    bool object[DEPTH];
    size_t depth; /* containers open */
} place;

/* A key belongs to the template itself, not to tags or a policy document it carries. */
static bool
in_user_map(const place *at)
{
    for (size_t i = 0; i < at->depth; i++) {
        if (bp_str_is(at->keys[i], "BackupVaultTags") || bp_str_is(at->keys[i], "Content")) {
            return true;
        }
    }
    return false;
}

static void
look_at_key(bp_template_facts *facts, const place *at, bp_str key)
{
    if (in_user_map(at)) {
        return;
    }
    facts->transform |= bp_str_is(key, "Transform") || bp_str_is(key, "Fn::Transform");
    facts->strange |= bp_str_starts(key, BP_STR("Fn::")) && !bp_str_is(key, "Fn::Sub") &&
                      !bp_str_is(key, "Fn::GetAtt");
    facts->role_name |= bp_str_is(key, "RoleName");
    facts->ous |= bp_str_is(key, "OrganizationalUnitIds");
    facts->accounts |= bp_str_is(key, "Accounts");
    facts->filter |= bp_str_is(key, "AccountFilterType");
    facts->resources += at->depth == 2 && bp_str_is(at->keys[0], "Resources") ? 1 : 0;
}

static void
look_at_value(bp_template_facts *facts, const place *at, const bp_json_event *value)
{
    bp_str key = at->depth > 0 ? at->keys[at->depth - 1] : (bp_str){0};
    bp_str above = at->depth > 1 ? at->keys[at->depth - 2] : (bp_str){0};
    if (value->kind == BP_JSON_TRUE) {
        facts->auto_deployment |= bp_str_is(key, "Enabled") && bp_str_is(above, "AutoDeployment");
        return;
    }
    if (value->kind != BP_JSON_STRING || in_user_map(at)) {
        return;
    }
    facts->drops |= at->depth == 3 && bp_str_is(at->keys[0], "Resources") &&
                    bp_str_is(key, "DeletionPolicy") && bp_str_is(value->text, "Delete");
    facts->service_managed |=
        bp_str_is(key, "PermissionModel") && bp_str_is(value->text, "SERVICE_MANAGED");
    facts->named_iam |=
        bp_str_is(above, "Capabilities") && bp_str_is(value->text, "CAPABILITY_NAMED_IAM");
    facts->transform |=
        bp_str_is(key, "Type") && (bp_str_is(value->text, "AWS::CloudFormation::Stack") ||
                                   bp_str_is(value->text, "AWS::CloudFormation::StackSet") ||
                                   bp_str_is(value->text, "AWS::CloudFormation::Macro"));
}

static bool
open_container(place *at, bool object)
{
    if (at->depth == DEPTH) {
        return false;
    }
    at->keys[at->depth] = (bp_str){0};
    at->object[at->depth++] = object;
    return true;
}

bp_template_facts
bp_template_look(bp_arena *arena, bp_str text)
{
    bp_template_facts facts = {0};
    bp_source *source = BP_NEW(arena, bp_source);
    source->text = text;
    bp_json_reader *reader = bp_json_reader_new(arena, source);
    place *at = BP_NEW(arena, place);
    for (;;) {
        bp_json_event event = bp_json_next(reader);
        switch (event.kind) {
        case BP_JSON_END:
            facts.parsed = true;
            return facts;
        case BP_JSON_ERROR:
            return facts;
        case BP_JSON_OBJECT:
        case BP_JSON_ARRAY:
            if (!open_container(at, event.kind == BP_JSON_OBJECT)) {
                return facts;
            }
            break;
        case BP_JSON_OBJECT_END:
        case BP_JSON_ARRAY_END:
            at->depth--;
            break;
        case BP_JSON_KEY:
            at->keys[at->depth - 1] = (bp_str){0};
            look_at_key(&facts, at, event.text);
            at->keys[at->depth - 1] = event.text;
            break;
        case BP_JSON_STRING:
        case BP_JSON_NUMBER:
        case BP_JSON_TRUE:
        case BP_JSON_FALSE:
        case BP_JSON_NULL:
            look_at_value(&facts, at, &event);
            break;
        }
    }
}

static void
fault(bp_emission *emission, bp_span span, bp_str what, const char *rule)
{
    bp_finding *finding =
        bp_report(emission->diagnostics, "STK003", span, "%.*s %s", BP_ARG(what), rule);
    bp_finding_help(emission->diagnostics, finding, "this is a mistake of backpol: report it");
    emission->good = false;
}

/* Without a bucket a template is sent inside of a call, which takes less. What is near the limit is
 * told while there is time. */
static void
check_size(bp_emission *emission, bp_span span, bp_str what, size_t size, const char *help)
{
    bool named = emission->bucket != NULL;
    const bp_quota *quota =
        bp_quota_find(emission->deployment->facts, named ? "CFN_BODY_S3" : "CFN_BODY_INLINE");
    if ((int64_t)size * 100 <= quota->value * MARGIN_PERCENT) {
        return;
    }
    bool fits = (int64_t)size <= quota->value;
    bp_finding *finding = bp_report(emission->diagnostics, "QTA008", span,
                                    "%.*s has %zu bytes%s; CloudFormation takes at most %lld %s",
                                    BP_ARG(what), size, fits ? ", more than 80 % of the limit" : "",
                                    (long long)quota->value, named ? "by address" : "inline");
    if (fits) {
        finding->severity = BP_WARNING;
    }
    bp_finding_help(emission->diagnostics, finding, "%s", help);
    emission->good = emission->good && fits;
}

static void
check_template(bp_emission *emission, const bp_template *template)
{
    const bp_stack *stack = template->stack;
    bp_span span = stack->kind == BP_STACK_ROLE ? stack->role->span : stack->vault->span;
    bp_str what = bp_str_format(emission->arena, "the template of %s \"%.*s\"",
                                bp_stack_word(stack), BP_ARG(stack->name));
    bp_template_facts facts = bp_template_look(emission->arena, template->body);
    if (!facts.parsed) {
        fault(emission, span, what, "is not JSON that can be read");
        return;
    }
    if (facts.transform) {
        fault(emission, span, what, "has a transform, macro or nested stack; stack sets take none");
    }
    if (facts.strange) {
        fault(emission, span, what, "has an intrinsic function outside the fixed set");
    }
    if (facts.role_name != template->named_iam) {
        fault(emission, span, what, "names a role; that needs CAPABILITY_NAMED_IAM");
    }
    size_t size = emission->bucket != NULL ? template->file.size : template->body.size;
    if (size > emission->artifacts->largest) {
        emission->artifacts->largest = size;
    }
    check_size(emission, span, what, size,
               emission->bucket != NULL
                   ? "name OUs or the organization instead of many single accounts"
                   : "name OUs or the organization instead of many single accounts, or build with "
                     "--template-bucket");
}

/* Inputs are told by the ends of their paths. */
static void
check_input(bp_emission *emission, const bp_file_out *file)
{
    bool set = bp_str_ends(file->path, BP_STR(".create-stack-set.json")) ||
               bp_str_ends(file->path, BP_STR(".update-stack-set.json"));
    bool instances = bp_str_contains(file->path, BP_STR(".create-stack-instances."));
    if (!set && !instances) {
        return;
    }
    bp_template_facts facts = bp_template_look(emission->arena, file->text);
    if (set && !(facts.service_managed && facts.auto_deployment)) {
        fault(emission, BP_NOWHERE, file->path, "is not service-managed with auto-deployment");
    }
    if (set && bp_str_starts(file->path, BP_STR("cli/role-")) && !facts.named_iam) {
        fault(emission, BP_NOWHERE, file->path, "names a role without CAPABILITY_NAMED_IAM");
    }
    if (instances && (!facts.ous || facts.accounts != facts.filter)) {
        fault(emission, BP_NOWHERE, file->path,
              "has no OU targets, or single accounts without a filter");
    }
}

void
bp_check_templates(bp_emission *emission)
{
    for (size_t i = 0; i < emission->templates.count; i++) {
        check_template(emission, &emission->templates.at[i]);
    }
    for (size_t i = 0; i < emission->artifacts->files.count; i++) {
        const bp_file_out *file = &emission->artifacts->files.at[i];
        check_input(emission, file);
        if (bp_str_starts(file->path, BP_STR("cloudformation/"))) {
            emission->artifacts->management_size = file->text.size - 1;
            check_size(emission, BP_NOWHERE, BP_STR("the management template"), file->text.size - 1,
                       "build with --template-bucket, or without the target \"cloudformation\": "
                       "the CLI path sends one input a stack set and has no such limit for the "
                       "whole");
        }
    }
}

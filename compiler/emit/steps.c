/*
 * The order of a deployment, as its files say it: the lines of plan.tsv, and cli.steps of
 * manifest.json. Read as text, whoever wrote it; used for the self-check here and, in `build
 * --check`, for what is committed (STK006).
 *
 * It knows nothing of how the plan was made.
 */
#include "compiler/emit/parts.h"

#include "lib/json_read.h"

static bp_step_kind
kind_of_key(bp_str key)
{
    return bp_str_starts(key, BP_STR("role-")) ? BP_STEP_ROLE_SET : BP_STEP_VAULT_SET;
}

/* The text up to a character, which `rest` then begins behind. */
static bp_str
take(bp_str *rest, char until)
{
    size_t end = bp_str_find(*rest, until);
    bp_str word = bp_str_cut(*rest, 0, end);
    *rest = bp_str_cut(*rest, end < rest->size ? end + 1 : end, rest->size);
    return word;
}

static void
add_step(bp_arena *arena, bp_plan_steps *steps, bp_step_kind kind, bp_str key, bp_span place)
{
    *bp_vec_add(arena, steps) = (bp_plan_step){.kind = kind, .key = key, .place = place};
}

bp_plan_steps
bp_plan_read_steps(bp_arena *arena, bp_str text)
{
    static const char management[] = "management-";
    bp_plan_steps steps = {0};
    for (bp_str rest = text; rest.size > 0;) {
        size_t start = text.size - rest.size;
        bp_str line = take(&rest, '\n');
        bp_span place = {0, (uint32_t)start, (uint32_t)(start + line.size)};
        bp_str what = take(&line, '\t');
        bp_str key = take(&line, '\t');
        if (bp_str_is(what, "stack") && bp_str_starts(key, bp_str_of(management))) {
            add_step(arena, &steps, BP_STEP_STACK, bp_str_cut(key, sizeof management - 1, key.size),
                     place);
        } else if (bp_str_is(what, "stack-set")) {
            add_step(arena, &steps, kind_of_key(key), key, place);
        } else if (bp_str_is(what, "policy") && bp_str_starts(key, BP_STR("policy-"))) {
            add_step(arena, &steps, BP_STEP_POLICY, bp_str_cut(key, 7, key.size), place);
        }
    }
    return steps;
}

/* "create-stack-instances:vault-main:1": what is ready after the step, and is needed or needs. */
static void
add_by_id(bp_arena *arena, bp_plan_steps *steps, const bp_json_event *id)
{
    bp_str rest = bp_str_copy(arena, id->text);
    bp_str operation = take(&rest, ':');
    bp_str key = take(&rest, ':');
    if (bp_str_is(operation, "create-stack") && bp_str_starts(key, BP_STR("management-"))) {
        add_step(arena, steps, BP_STEP_STACK, bp_str_cut(key, 11, key.size), id->span);
    } else if (bp_str_is(operation, "create-stack-instances")) {
        add_step(arena, steps, kind_of_key(key), key, id->span);
    } else if (bp_str_is(operation, "attach-policy")) {
        add_step(arena, steps, BP_STEP_POLICY, key, id->span);
    }
}

/* The value of one member of an object that was just opened; false when there is none. Only what
 * stands before it was read. */
static bool
enter_member(bp_json_reader *reader, const char *key, bp_json_kind kind)
{
    for (;;) {
        bp_json_event name = bp_json_next(reader);
        if (name.kind != BP_JSON_KEY) {
            return false;
        }
        bool wanted = bp_str_is(name.text, key);
        bp_json_event value = bp_json_next(reader);
        if (wanted) {
            return value.kind == kind;
        }
        if (!bp_json_skip(reader, value)) {
            return false;
        }
    }
}

/* One step, whose brace was just taken. */
static bool
read_step(bp_arena *arena, bp_json_reader *reader, bp_plan_steps *steps)
{
    for (;;) {
        bp_json_event name = bp_json_next(reader);
        if (name.kind == BP_JSON_OBJECT_END) {
            return true;
        }
        bool id = name.kind == BP_JSON_KEY && bp_str_is(name.text, "id");
        bp_json_event value = bp_json_next(reader);
        if (id && value.kind == BP_JSON_STRING) {
            add_by_id(arena, steps, &value);
        } else if (name.kind != BP_JSON_KEY || !bp_json_skip(reader, value)) {
            return false;
        }
    }
}

bp_plan_steps
bp_manifest_read_steps(bp_arena *arena, bp_str text)
{
    bp_plan_steps steps = {0};
    bp_source *source = BP_NEW(arena, bp_source);
    source->text = text;
    bp_json_reader *reader = bp_json_reader_new(arena, source);
    if (bp_json_next(reader).kind != BP_JSON_OBJECT ||
        !enter_member(reader, "cli", BP_JSON_OBJECT) ||
        !enter_member(reader, "steps", BP_JSON_ARRAY)) {
        return steps;
    }
    while (bp_json_next(reader).kind == BP_JSON_OBJECT && read_step(arena, reader, &steps)) {
    }
    return steps;
}

/* ---- the self-check: stacks, role sets, vault sets, policies */

static void
check_steps(bp_emission *emission, const bp_file_out *file, const bp_plan_steps *steps)
{
    for (size_t i = 1; i < steps->count; i++) {
        const bp_plan_step *step = &steps->at[i];
        if (step->kind >= steps->at[i - 1].kind) {
            continue;
        }
        bp_finding *finding =
            bp_report(emission->diagnostics, "STK006", BP_NOWHERE,
                      "\"%.*s\" of %.*s comes after \"%.*s\"; roles come first, then vaults, then "
                      "policies",
                      BP_ARG(step->key), BP_ARG(file->path), BP_ARG(steps->at[i - 1].key));
        finding->severity = BP_ERROR;
        bp_finding_help(emission->diagnostics, finding, "this is a mistake of backpol: report it");
        emission->good = false;
        return;
    }
}

void
bp_check_order(bp_emission *emission)
{
    for (size_t i = 0; i < emission->artifacts->files.count; i++) {
        const bp_file_out *file = &emission->artifacts->files.at[i];
        bp_plan_steps steps = {0};
        if (bp_str_is(file->path, "cli/plan.tsv")) {
            steps = bp_plan_read_steps(emission->arena, file->text);
        } else if (bp_str_is(file->path, "manifest.json")) {
            steps = bp_manifest_read_steps(emission->arena, file->text);
        }
        check_steps(emission, file, &steps);
    }
}

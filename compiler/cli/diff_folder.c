/*
 * What a build wrote, as a side of `diff`: the policies that manifest.json lists, each held against
 * the digest there. The organization is that of the project at hand.
 */
#include "compiler/cli/diff.h"

#include "lib/json_read.h"
#include "lib/sha256.h"

enum { MANIFEST_CAP = 64 * 1024 * 1024, POLICY_CAP = 1024 * 1024 };

typedef struct listed_policy {
    bp_str name;
    bp_str content;
    bp_strings targets;
} listed_policy;

typedef struct output {
    bp_diff *diff;
    bp_side *side;
    const char *folder;
    bp_json_reader *reader;
    BP_VEC(listed_policy) policies;
    bp_map *digests; /* path → bp_str * */
    bool ours;
} output;

bp_manifest_target
bp_diff_target(bp_str id, unsigned order)
{
    bp_manifest_target target = {.kind = BP_MANIFEST_ACCOUNT, .text = id, .order = order};
    if (bp_str_starts(id, BP_STR("r-"))) {
        target.kind = BP_MANIFEST_ROOT;
    } else if (bp_str_starts(id, BP_STR("ou-"))) {
        target.kind = BP_MANIFEST_OU;
    }
    return target;
}

void
bp_diff_add_policy(bp_session *session, bp_str path, bp_str text, const bp_manifest_document *entry)
{
    *bp_vec_add(session->arena, &session->documents) =
        (bp_loaded_document){.source = bp_sources_add(session->sources, path, text),
                             .name = entry->name.text,
                             .entry = entry};
}

/* Takes a text; false for anything else. */
static bool
take_text(output *o, bp_json_event value, bp_str *text)
{
    *text = bp_str_copy(o->diff->run->arena, value.text);
    return value.kind == BP_JSON_STRING;
}

static bool
read_targets(output *o, listed_policy *policy)
{
    for (;;) {
        bp_json_event value = bp_json_next(o->reader);
        if (value.kind == BP_JSON_ARRAY_END) {
            return true;
        }
        if (!take_text(o, value, bp_vec_add(o->diff->run->arena, &policy->targets))) {
            return false;
        }
    }
}

static bool
read_policy(output *o, listed_policy *policy)
{
    for (;;) {
        bp_json_event key = bp_json_next(o->reader);
        if (key.kind == BP_JSON_OBJECT_END) {
            return policy->name.size > 0;
        }
        if (key.kind != BP_JSON_KEY) {
            return false;
        }
        bp_json_event value = bp_json_next(o->reader);
        bool good = bp_str_is(key.text, "name")      ? take_text(o, value, &policy->name)
                    : bp_str_is(key.text, "content") ? take_text(o, value, &policy->content)
                    : bp_str_is(key.text, "targets") && value.kind == BP_JSON_ARRAY
                        ? read_targets(o, policy)
                        : bp_json_skip(o->reader, value);
        if (!good) {
            return false;
        }
    }
}

static bool
read_policies(output *o)
{
    for (;;) {
        bp_json_event value = bp_json_next(o->reader);
        if (value.kind == BP_JSON_ARRAY_END) {
            return true;
        }
        listed_policy *policy = bp_vec_add(o->diff->run->arena, &o->policies);
        if (value.kind != BP_JSON_OBJECT || !read_policy(o, policy)) {
            return false;
        }
    }
}

static bool
read_digests(output *o)
{
    for (;;) {
        bp_json_event key = bp_json_next(o->reader);
        if (key.kind == BP_JSON_OBJECT_END) {
            return true;
        }
        bp_str *digest = BP_NEW(o->diff->run->arena, bp_str);
        if (key.kind != BP_JSON_KEY) {
            return false;
        }
        bp_str path = bp_str_copy(o->diff->run->arena, key.text);
        if (!take_text(o, bp_json_next(o->reader), digest)) {
            return false;
        }
        bp_map_set(o->digests, path, digest);
    }
}

static bool
read_member(output *o, bp_str key, bp_json_event value)
{
    if (bp_str_is(key, "format")) {
        o->ours = value.kind == BP_JSON_STRING && bp_str_is(value.text, "backpol/manifest/1");
        return o->ours;
    }
    if (bp_str_is(key, "policies") && value.kind == BP_JSON_ARRAY) {
        return read_policies(o);
    }
    if (bp_str_is(key, "files") && value.kind == BP_JSON_OBJECT) {
        return read_digests(o);
    }
    return bp_json_skip(o->reader, value);
}

static bool
read_manifest(output *o, bp_str text)
{
    bp_source *source = BP_NEW(o->diff->run->arena, bp_source);
    *source = (bp_source){.path = BP_STR("manifest.json"), .text = text};
    o->reader = bp_json_reader_new(o->diff->run->arena, source);
    if (bp_json_next(o->reader).kind != BP_JSON_OBJECT) {
        return false;
    }
    for (;;) {
        bp_json_event key = bp_json_next(o->reader);
        if (key.kind == BP_JSON_OBJECT_END) {
            return o->ours && bp_json_next(o->reader).kind == BP_JSON_END;
        }
        bp_str name = bp_str_copy(o->diff->run->arena, key.text);
        if (key.kind != BP_JSON_KEY || !read_member(o, name, bp_json_next(o->reader))) {
            return false;
        }
    }
}

static bool
add_policy(output *o, const listed_policy *policy)
{
    bp_run *run = o->diff->run;
    bp_str text = {0};
    bp_file_error error = {0};
    const bp_str *digest = bp_map_get(o->digests, policy->content);
    if (policy->content.size == 0 || digest == NULL) {
        bp_run_trouble(run,
                       "\"%.*s\" lists policy \"%.*s\" without its document; build with the target "
                       "policies",
                       BP_ARG(o->side->name), BP_ARG(policy->name));
        return false;
    }
    if (!bp_file_read(run->arena, o->folder, policy->content, POLICY_CAP, &text, &error)) {
        bp_run_trouble(run, "cannot read \"%.*s\" in \"%.*s\": %.*s", BP_ARG(policy->content),
                       BP_ARG(o->side->name), BP_ARG(error.text));
        return false;
    }
    if (!bp_str_equal(bp_sha256_hex(run->arena, text), *digest)) {
        bp_run_trouble(run,
                       "\"%.*s\" in \"%.*s\" is not what the build wrote: its sha256 differs from "
                       "that in manifest.json",
                       BP_ARG(policy->content), BP_ARG(o->side->name));
        return false;
    }
    bp_manifest_document *entry = BP_NEW(run->arena, bp_manifest_document);
    entry->name.text = policy->name;
    entry->file.text = policy->content;
    entry->attach_written = true;
    for (size_t i = 0; i < policy->targets.count; i++) {
        *bp_vec_add(run->arena, &entry->attach) = bp_diff_target(policy->targets.at[i], 0);
    }
    bp_str path =
        bp_str_format(run->arena, "%.*s/%.*s", BP_ARG(o->side->name), BP_ARG(policy->content));
    bp_diff_add_policy(o->side->session, path, text, entry);
    return true;
}

bool
bp_diff_open_output(bp_diff *diff, const char *folder, bp_side *side)
{
    bp_run *run = diff->run;
    bp_str text = {0};
    bp_file_error error = {0};
    bp_options options = {.root = folder, .as_of = run->as_of};
    output o = {.diff = diff, .side = side, .folder = folder, .digests = bp_map_new(run->arena)};
    side->kind = BP_SIDE_OUTPUT;
    side->session = bp_session_new(run->arena, &options);
    side->session->whole = true;
    if (!bp_file_read(run->arena, folder, BP_STR("manifest.json"), MANIFEST_CAP, &text, &error)) {
        bp_run_trouble(run, "cannot read \"manifest.json\" in \"%.*s\": %.*s", BP_ARG(side->name),
                       BP_ARG(error.text));
        return false;
    }
    if (!read_manifest(&o, text)) {
        bp_run_trouble(run, "the manifest.json in \"%.*s\" is none that backpol build writes",
                       BP_ARG(side->name));
        return false;
    }
    for (size_t i = 0; i < o.policies.count; i++) {
        if (!add_policy(&o, &o.policies.at[i])) {
            return false;
        }
    }
    return bp_diff_inventory(diff, side->session) && bp_diff_compile(diff, side);
}

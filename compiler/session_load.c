/*
 * Reading a project: manifest, policy files, included files, inventory, each under its cap.
 *
 * Unreadable input is trouble (a line for standard error, exit 2); what is readable but wrong is a
 * finding. Every policy file is read and parsed once, however many others include it.
 */
#include "compiler/session_parts.h"

#include "compiler/project/facts_extra.h"

enum {
    POLICY_CAP = 1024 * 1024,
    INVENTORY_CAP = 64 * 1024 * 1024,
    SOURCES_MAX = 10000,
    INCLUDES_MAX = 256
};

static const char default_inventory[] = "org.yaml";

/* Reads below the root, on disk or in a revision. */
static bool
read_below(bp_session *session, bp_str path, size_t cap, bp_str *text, bp_file_error *error)
{
    return session->options.tree != NULL
               ? bp_file_tree_read(session->arena, session->options.tree, path, cap, text, error)
               : bp_file_read(session->arena, session->options.root, path, cap, text, error);
}

static bool
list_below(bp_session *session, bp_str pattern, bp_file_list *list, bp_file_error *error)
{
    return session->options.tree != NULL ? bp_file_tree_glob(session->arena, session->options.tree,
                                                             pattern, SOURCES_MAX, list, error)
                                         : bp_file_glob(session->arena, session->options.root,
                                                        pattern, SOURCES_MAX, list, error);
}

bool
bp_session_read_text(bp_session *session, bp_str path, size_t cap, bp_str *text,
                     bp_file_error *error)
{
    const bp_map *overlay = session->options.overlay;
    const bp_str *laid = overlay == NULL ? NULL : bp_map_get(overlay, path);
    if (laid != NULL) {
        *text = *laid;
        return true;
    }
    if (bp_str_starts(path, BP_STR("/"))) {
        return bp_file_read_anywhere(session->arena, bp_str_c(session->arena, path), cap, text,
                                     error);
    }
    return read_below(session, path, cap, text, error);
}

/* A file over its cap is a finding at its first byte; its content is not looked at. */
static void
refuse_size(bp_session *session, bp_str path, size_t cap)
{
    const bp_source *source = bp_sources_add(session->sources, path, BP_STR(""));
    bp_finding *finding = bp_report(session->diagnostics, "SYN015", bp_span_of(source, 0, 0),
                                    "file is larger than %zu MiB; it is not read", cap >> 20);
    bp_finding_help(session->diagnostics, finding, "%s",
                    cap == POLICY_CAP ? "split the file and include its parts"
                                      : "name shared sets once instead of repeating them");
}

/* A locked rule keeps at least its own level; one that is lowered by name is reported by the
 * review.
 */
static void
set_level(bp_session *session, const bp_rule *rule, bp_severity severity)
{
    bp_span lock = BP_NOWHERE;
    if (severity >= rule->severity || !bp_review_locked(session->manifest, rule, &lock)) {
        bp_diagnostics_level(session->diagnostics, rule, severity);
    }
}

static void
apply_level(bp_session *session, const bp_level *level)
{
    if (level->rule != NULL) {
        set_level(session, level->rule, level->severity);
        return;
    }
    size_t count = 0;
    const bp_rule *rules = bp_diagnostics_rules(session->diagnostics, &count);
    for (size_t i = 0; i < count; i++) {
        if (bp_str_starts(bp_str_of(rules[i].code), level->prefix)) {
            set_level(session, &rules[i], level->severity);
        }
    }
}

/* Families first, so that a rule named by itself wins wherever it stands. */
static void
apply_levels(bp_session *session)
{
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < session->manifest->levels.count; i++) {
            const bp_level *level = &session->manifest->levels.at[i];
            if ((level->rule != NULL) == (pass == 1)) {
                apply_level(session, level);
            }
        }
    }
}

static bool
read_manifest(bp_session *session)
{
    bp_str path = session->options.manifest_path;
    if (path.size == 0) {
        return true;
    }
    bp_str text = {0};
    bp_file_error error = {0};
    if (!bp_session_read_text(session, path, POLICY_CAP, &text, &error)) {
        if (error.too_large) {
            refuse_size(session, path, POLICY_CAP);
            session->outcome = BP_CANNOT;
        } else {
            bp_session_trouble(session, "cannot read the manifest \"%.*s\": %.*s", BP_ARG(path),
                               BP_ARG(error.text));
        }
        return false;
    }
    bp_manifest *manifest = NULL;
    const bp_source *source = bp_sources_add(session->sources, path, text);
    if (!bp_manifest_read(session->arena, session->diagnostics, source, &manifest)) {
        session->outcome = BP_CANNOT;
        return false;
    }
    session->manifest = manifest;
    apply_levels(session);
    return true;
}

/* Rows of facts that the manifest (a span that exists) or the user at the command line names. */
static bool
read_facts(bp_session *session, bp_str path, bp_span span)
{
    bp_str text = {0};
    bp_file_error error = {0};
    if (path.size == 0) {
        return true;
    }
    if (!bp_session_read_text(session, path, POLICY_CAP, &text, &error)) {
        if (error.too_large) {
            refuse_size(session, path, POLICY_CAP);
        } else if (error.outside && bp_span_exists(span)) {
            bp_report(session->diagnostics, "CFG008", span,
                      "\"%.*s\" leaves the project; facts must lie below its root", BP_ARG(path));
        } else {
            bp_session_trouble(session, "cannot read the facts \"%.*s\": %.*s", BP_ARG(path),
                               BP_ARG(error.text));
        }
        session->outcome = BP_CANNOT;
        return false;
    }
    const bp_source *source = bp_sources_add(session->sources, path, text);
    if (!bp_facts_extra_read(session->arena, session->diagnostics, source, &session->facts)) {
        session->outcome = BP_CANNOT;
        return false;
    }
    return true;
}

bool
bp_session_load_facts(bp_session *session)
{
    if (!read_manifest(session)) {
        return false;
    }
    bp_manifest_text extra = session->manifest->facts_extra;
    if (!read_facts(session, extra.text, extra.span) ||
        !read_facts(session, session->options.facts_path, BP_NOWHERE)) {
        return false;
    }
    bp_manifest *manifest = BP_NEW(session->arena, bp_manifest);
    *manifest = *session->manifest;
    manifest->facts = session->facts;
    session->manifest = manifest;
    if (!bp_manifest_check_regions(session->diagnostics, manifest, session->facts)) {
        session->outcome = BP_CANNOT;
        return false;
    }
    return true;
}

/* Stands for a file that could not be read: what is missing may stand in it, so nothing that is
 * missing may be complained about. */
static bp_ast_file *
unread_file(bp_session *session, bp_str path)
{
    bp_ast_file *file = BP_NEW(session->arena, bp_ast_file);
    file->source = bp_sources_add(session->sources, path, BP_STR(""));
    file->edition = BP_EDITION_NEWEST;
    file->broken = true;
    return file;
}

static const bp_ast_file *
parse_text(bp_session *session, bp_str path, bp_str text)
{
    const bp_source *source = bp_sources_add(session->sources, path, text);
    bp_ast_file *file = bp_parse(session->arena, session->diagnostics, source);
    bp_map_set(session->parsed, path, file);
    return file;
}

static const bp_ast_file *
load_policy_file(bp_session *session, bp_str path)
{
    const bp_ast_file *known = bp_map_get(session->parsed, path);
    if (known != NULL) {
        return known;
    }
    bp_str text = {0};
    bp_file_error error = {0};
    if (bp_session_read_text(session, path, POLICY_CAP, &text, &error)) {
        return parse_text(session, path, text);
    }
    if (error.too_large) {
        refuse_size(session, path, POLICY_CAP);
    } else {
        bp_session_trouble(session, "cannot read \"%.*s\": %.*s", BP_ARG(path), BP_ARG(error.text));
    }
    bp_ast_file *file = unread_file(session, path);
    bp_map_set(session->parsed, path, file);
    return file;
}

static void
add_source_file(bp_session *session, bp_map *seen, bp_str path)
{
    bool added = false;
    bp_map_add(seen, path, session, &added);
    if (added) {
        *bp_vec_add(session->arena, &session->files) = load_policy_file(session, path);
    }
}

/* "baseline" of "policies/baseline.json". */
static bp_str
name_of_document(bp_str path)
{
    size_t slash = path.size;
    while (slash > 0 && path.at[slash - 1] != '/') {
        slash--;
    }
    bp_str name = bp_str_cut(path, slash, path.size);
    return bp_str_ends(name, BP_STR(".json")) ? bp_str_cut(name, 0, name.size - 5) : name;
}

static void
add_document(bp_session *session, bp_str path, bp_str name, const bp_manifest_document *entry)
{
    bp_str text = {0};
    bp_file_error error = {0};
    bp_loaded_document document = {.name = name, .entry = entry};
    if (bp_session_read_text(session, path, POLICY_CAP, &text, &error)) {
        document.source = bp_sources_add(session->sources, path, text);
    } else if (error.too_large) {
        refuse_size(session, path, POLICY_CAP);
    } else {
        bp_session_trouble(session, "cannot read \"%.*s\": %.*s", BP_ARG(path), BP_ARG(error.text));
    }
    *bp_vec_add(session->arena, &session->documents) = document;
}

void
bp_session_add_document(bp_session *session, bp_str path, bp_str name, bp_str text)
{
    *bp_vec_add(session->arena, &session->documents) =
        (bp_loaded_document){.source = bp_sources_add(session->sources, path, text), .name = name};
}

/* A document that the user named: as the manifest knows it, else by itself. */
static void
add_named_document(bp_session *session, bp_map *seen, bp_str path)
{
    bool added = false;
    bp_map_add(seen, path, session, &added);
    for (size_t i = 0; added && i < session->manifest->documents.count; i++) {
        const bp_manifest_document *entry = session->manifest->documents.at[i];
        if (bp_str_equal(entry->file.text, path)) {
            add_document(session, path, entry->name.text, entry);
            return;
        }
    }
    if (added) {
        add_document(session, path, name_of_document(path), NULL);
    }
}

/* The files of one pattern of the manifest. */
static void
load_pattern(bp_session *session, bp_map *seen, const bp_manifest_text *pattern)
{
    bp_file_list list = {0};
    bp_file_error error = {0};
    if (!list_below(session, pattern->text, &list, &error)) {
        bp_session_trouble(session, "cannot look for \"%.*s\": %.*s", BP_ARG(pattern->text),
                           BP_ARG(error.text));
        return;
    }
    if (list.count == 0) {
        bp_finding *finding =
            bp_report(session->diagnostics, "CFG001", pattern->span,
                      "\"%.*s\" matches no file; a pattern of sources must match at least one",
                      BP_ARG(pattern->text));
        bp_finding_help(session->diagnostics, finding,
                        "patterns start at the folder of the manifest; \"**\" stands for any "
                        "number of folders");
        session->outcome = BP_CANNOT;
    }
    for (size_t i = 0; i < list.count; i++) {
        add_source_file(session, seen, list.at[i]);
    }
}

/* A file of the language is judged as a part of its project: what it names may be declared in
 * another file. A document in JSON says all by itself. */
static bool
project_counts(const bp_session *session)
{
    if (!session->options.with_project || session->manifest->source == NULL) {
        return false;
    }
    for (size_t i = 0; i < session->options.files.count; i++) {
        if (bp_str_ends(session->options.files.at[i], BP_STR(".bpol"))) {
            return true;
        }
    }
    return false;
}

static void
load_project(bp_session *session, bp_map *seen)
{
    for (size_t i = 0; i < session->manifest->sources.count; i++) {
        load_pattern(session, seen, &session->manifest->sources.at[i]);
    }
    for (size_t i = 0; i < session->manifest->documents.count; i++) {
        const bp_manifest_document *entry = session->manifest->documents.at[i];
        bp_map_add(seen, entry->file.text, session, NULL);
        add_document(session, entry->file.text, entry->name.text, entry);
    }
}

bool
bp_session_load_sources(bp_session *session)
{
    bp_map *seen = bp_map_new(session->arena);
    session->whole = session->options.files.count == 0 || project_counts(session);
    if (session->whole) {
        load_project(session, seen);
    }
    for (size_t i = 0; i < session->options.files.count; i++) {
        bp_str path = session->options.files.at[i];
        if (bp_str_ends(path, BP_STR(".json"))) {
            add_named_document(session, seen, path);
        } else {
            add_source_file(session, seen, path);
        }
    }
    return session->files.count > 0 || session->documents.count > 0;
}

const bp_ast_file *
bp_session_include(void *context, bp_str path, bp_span from)
{
    bp_session *session = context;
    const bp_ast_file *known = bp_map_get(session->parsed, path);
    if (known != NULL) {
        return known;
    }
    if (session->includes == INCLUDES_MAX) {
        bp_report(session->diagnostics, "SYN017", from,
                  "\"%.*s\" is one include too many; a project may include %d files", BP_ARG(path),
                  INCLUDES_MAX);
        return NULL;
    }
    session->includes++;
    bp_str text = {0};
    bp_file_error error = {0};
    if (bp_session_read_text(session, path, POLICY_CAP, &text, &error)) {
        return parse_text(session, path, text);
    }
    if (error.outside) {
        bp_report(session->diagnostics, "SYN017", from,
                  "\"%.*s\" leaves the project; an included file must lie below its root",
                  BP_ARG(path));
    } else if (error.too_large) {
        bp_report(session->diagnostics, "SYN017", from,
                  "\"%.*s\" is larger than %d MiB; it is not read", BP_ARG(path), POLICY_CAP >> 20);
    } else {
        bp_report(session->diagnostics, "SYN017", from, "cannot read \"%.*s\": %.*s", BP_ARG(path),
                  BP_ARG(error.text));
    }
    return NULL;
}

/* Which inventory to read; an empty path when none is named and none is there. */
static bp_str
inventory_path(const bp_session *session, bool *named, bp_span *span)
{
    *named = true;
    *span = BP_NOWHERE;
    if (session->options.inventory_path.size > 0) {
        return session->options.inventory_path;
    }
    if (session->manifest->inventory.text.size > 0) {
        *span = session->manifest->inventory.span;
        return session->manifest->inventory.text;
    }
    *named = false;
    return bp_str_of(default_inventory);
}

static bool
inventory_unreadable(bp_session *session, bp_str path, bp_span span, const bp_file_error *error)
{
    if (error->too_large) {
        refuse_size(session, path, INVENTORY_CAP);
        session->outcome = BP_CANNOT;
    } else if (error->outside && bp_span_exists(span)) {
        bp_report(session->diagnostics, "CFG008", span,
                  "\"%.*s\" leaves the project; the inventory must lie below its root",
                  BP_ARG(path));
        session->outcome = BP_CANNOT;
    } else {
        bp_session_trouble(session, "cannot read the inventory \"%.*s\": %.*s", BP_ARG(path),
                           BP_ARG(error->text));
    }
    return false;
}

bool
bp_session_load_inventory(bp_session *session)
{
    bool named = false;
    bp_span span = BP_NOWHERE;
    bp_str path = inventory_path(session, &named, &span);
    bp_str text = {0};
    bp_file_error error = {0};
    if (!bp_session_read_text(session, path, INVENTORY_CAP, &text, &error)) {
        if (error.missing && !named) {
            if (session->options.require_inventory) {
                bp_session_trouble(session,
                                   "no inventory: \"%s\" does not exist and no other is "
                                   "named",
                                   default_inventory);
            }
            return !session->options.require_inventory;
        }
        return inventory_unreadable(session, path, span, &error);
    }
    bp_organization *organization = NULL;
    const bp_source *source = bp_sources_add(session->sources, path, text);
    if (!bp_organization_read(session->arena, session->diagnostics, session->facts, source,
                              session->options.as_of, &organization)) {
        session->outcome = BP_CANNOT;
        return false;
    }
    session->org = organization;
    return true;
}

/*
 * `backpol init --from-json`: the policies in JSON below a folder, as files of a project. What is
 * JSON and no policy is left out aloud; a policy that cannot be carried over ends the run. Names
 * and attachments come from an inventory beside the folder where it has the policy, else names
 * from the files.
 */
#include "compiler/cli/import.h"
#include "compiler/cli/init.h"
#include "lib/json_read.h"
#include "lib/json_write.h"

#include <sys/stat.h>

enum { FILES_MAX = 10000, INVENTORY_CAP = 64 * 1024 * 1024 };

typedef struct adopting {
    bp_run *run;
    bp_session *session;
    const char *folder;         /* absolute */
    const bp_organization *org; /* NULL: none beside the folder */
    bp_str inventory;           /* its path, absolute */
    bp_init_files *files;
    bool unattached;
} adopting;

/* ---- the inventory */

static bool
read_inventory(adopting *all, bp_str path)
{
    bp_run *run = all->run;
    bp_str text = {0};
    bp_file_error error = {0};
    bp_options options = {.root = run->start, .as_of = run->as_of};
    if (!bp_file_read_anywhere(run->arena, bp_str_c(run->arena, path), INVENTORY_CAP, &text,
                               &error)) {
        return false;
    }
    bp_session *unseen = bp_session_new(run->arena, &options);
    const bp_source *source = bp_sources_add(unseen->sources, path, text);
    bp_organization *org = NULL;
    if (!bp_organization_read(run->arena, unseen->diagnostics, NULL, source, run->as_of, &org)) {
        bp_run_trouble(run, "the inventory \"%.*s\" cannot be used; attachments are left open",
                       BP_ARG(path));
        return false;
    }
    all->org = org;
    all->inventory = path;
    return true;
}

/* The one that is named; else in the folder, above it, or in the start folder. */
static void
find_inventory(adopting *all)
{
    bp_run *run = all->run;
    const char *named = bp_option_value(&run->line, BP_OPTION_INVENTORY);
    bp_str folder = bp_str_of(all->folder);
    while (folder.size > 1 && folder.at[folder.size - 1] == '/') {
        folder.size--;
    }
    bp_str above = bp_path_folder(folder);
    const bp_str places[] = {folder, above, bp_str_of(run->start)};
    if (named != NULL) {
        read_inventory(all, bp_str_of(bp_project_path(run, named)));
        return;
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0] && all->org == NULL; i++) {
        read_inventory(all, bp_str_format(run->arena, "%.*s/org.yaml", BP_ARG(places[i])));
    }
}

/* The deployed policy of a file: by its path, its name or its id. */
static const bp_org_policy *
deployed_policy(const adopting *all, bp_str path, bp_str name)
{
    for (size_t i = 0; all->org != NULL && i < all->org->policies.count; i++) {
        const bp_org_policy *policy = &all->org->policies.at[i];
        bp_str file = bp_str_format(all->run->arena, "%.*s/%.*s",
                                    BP_ARG(bp_path_folder(all->inventory)), BP_ARG(policy->file));
        if ((policy->file.size > 0 && bp_str_equal(file, path)) ||
            bp_str_equal(policy->name, name) || bp_str_equal(policy->id, name)) {
            return policy;
        }
    }
    return NULL;
}

/* A target as people name it: an OU by its path where that is all it takes, else by its id. */
static void
write_target(const bp_organization *org, bp_str id, bp_buf *out)
{
    const bp_ou *ou = bp_org_ou(org, id);
    if (ou != NULL && ou == &org->ous.at[0]) {
        bp_buf_add_c(out, "root");
        return;
    }
    bool path = ou != NULL && ou->path.size > 0 && bp_org_ou_path(org, ou->path) == ou &&
                !bp_str_starts(ou->path, BP_STR("ou-"));
    bp_buf_add_c(out, ou != NULL ? "ou(" : "account(");
    bp_json_quote(out, path ? ou->path : id);
    bp_buf_add_char(out, ')');
}

static bp_str
attachments_of(const adopting *all, const bp_org_policy *policy)
{
    bp_buf out = {.arena = all->run->arena};
    for (size_t i = 0; policy != NULL && i < all->org->attachments.count; i++) {
        const bp_org_attachment *each = &all->org->attachments.at[i];
        if (bp_str_equal(each->policy, policy->id) && each->to.size > 0) {
            bp_buf_add_c(&out, out.size == 0 ? "[" : ", ");
            write_target(all->org, each->to, &out);
        }
    }
    bp_buf_add_c(&out, out.size == 0 ? "" : "]");
    return bp_buf_text(&out);
}

/* ---- the policies */

/* Whether a text is JSON and no policy: something else that lies in the folder. */
static bool
is_something_else(bp_arena *arena, bp_str text)
{
    bp_sources *sources = bp_sources_new(arena);
    bp_json_reader *reader =
        bp_json_reader_new(arena, bp_sources_add(sources, BP_STR("file.json"), text));
    bp_json_event event = bp_json_next(reader);
    if (event.kind != BP_JSON_OBJECT) {
        return event.kind != BP_JSON_ERROR && event.kind != BP_JSON_END;
    }
    for (event = bp_json_next(reader); event.kind == BP_JSON_KEY; event = bp_json_next(reader)) {
        if (bp_str_equal_folded(event.text, BP_STR("plans")) ||
            !bp_json_skip(reader, bp_json_next(reader))) {
            return false;
        }
    }
    return event.kind == BP_JSON_OBJECT_END;
}

static bool
name_is_free(adopting *all, bp_str path)
{
    for (size_t i = 0; i < all->files->count; i++) {
        if (bp_str_equal_folded(all->files->at[i].path, path)) {
            bp_run_trouble(all->run,
                           "two policies would be written to \"%.*s\"; rename one of them",
                           BP_ARG(path));
            return false;
        }
    }
    return true;
}

static int
adopt(adopting *all, bp_str file)
{
    bp_run *run = all->run;
    bp_str path = bp_str_format(run->arena, "%s/%.*s", all->folder, BP_ARG(file));
    bp_import_order order = {.path = path, .shown = file, .name = bp_import_name(file)};
    if (!bp_import_read(run, path.at, &order.text)) {
        return BP_EXIT_CANNOT;
    }
    if (is_something_else(run->arena, order.text)) {
        bp_output_text(run->err, "left out ");
        bp_output_user(run->err, file);
        bp_output_text(run->err, ": it is JSON, and no backup policy\n");
        return BP_EXIT_NOTHING;
    }
    const bp_org_policy *policy = deployed_policy(all, path, order.name);
    if (policy != NULL && policy->name.size > 0) {
        order.name = policy->name;
    }
    order.attach = attachments_of(all, policy);
    order.partition = all->org == NULL ? BP_STR("") : all->org->partition;
    all->unattached = all->unattached || order.attach.size == 0;
    bp_str text = {0};
    int code = bp_import_one(run, all->session, NULL, &order, &text);
    bp_str target =
        bp_str_format(run->arena, "policies/%.*s", BP_ARG(bp_import_file(run->arena, order.name)));
    if (!name_is_free(all, target)) {
        return BP_EXIT_CANNOT;
    }
    bp_init_add(run, all->files, target, text);
    return code;
}

int
bp_init_adopt(bp_run *run, const char *folder, bp_init_files *files, bp_adopted *adopted)
{
    bp_options options = {.root = run->start, .as_of = run->as_of};
    adopting all = {.run = run,
                    .session = bp_session_new(run->arena, &options),
                    .folder = bp_project_path(run, folder),
                    .files = files};
    bp_file_list list = {0};
    bp_file_error error = {0};
    int worst = BP_EXIT_NOTHING;
    struct stat found;
    if (stat(all.folder, &found) != 0 || !S_ISDIR(found.st_mode)) {
        return bp_run_trouble(run, "\"%s\" is no folder", folder);
    }
    if (!bp_file_glob(run->arena, all.folder, BP_STR("**/*.json"), FILES_MAX, &list, &error)) {
        return bp_run_trouble(run, "cannot read \"%s\": %.*s", folder, BP_ARG(error.text));
    }
    find_inventory(&all);
    for (size_t i = 0; i < list.count; i++) {
        int code = adopt(&all, list.at[i]);
        worst = code > worst ? code : worst;
    }
    bp_report_beside(run, all.session);
    if (worst == BP_EXIT_NOTHING && files->count == 0) {
        return bp_run_trouble(run, "no backup policy in \"%s\"", folder);
    }
    *adopted = (bp_adopted){all.unattached, all.inventory};
    return worst;
}

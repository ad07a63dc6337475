/*
 * `backpol init`: a project in the start folder: a manifest, a sample policy and the stub of an
 * inventory; with --from-json, the policies below a folder instead of the sample. Nothing that is
 * there is ever written over, and nothing is written unless everything can be.
 */
#include "compiler/cli/import.h"
#include "compiler/cli/init.h"
#include "lib/file.h"
#include "lib/json_write.h"

#include <sys/stat.h>

static const char manifest[] = "# The manifest of backpol: which files belong to the project. All "
                               "keys: backpol explain CFG001\n"
                               "version: 1\n"
                               "sources: [policies/**/*.bpol]\n";

static const char sample[] =
    "edition 1\n"
    "\n"
    "/// AWS Backup assumes this role in every account; backpol deploys it by a stack set.\n"
    "role \"backup\" {}\n"
    "\n"
    "/// Created in every account and Region in which a policy below needs it.\n"
    "vault \"main\" {}\n"
    "\n"
    "/// Everything that is tagged backup = daily, every night, for 35 days.\n"
    "policy \"daily-backups\" {\n"
    "  description = \"Daily backups of whatever is tagged for it\"\n"
    "  attach      = [ou(\"Workloads\")]\n"
    "\n"
    "  plan \"daily\" {\n"
    "    regions = [us-east-1]\n"
    "\n"
    "    rule \"nightly\" {\n"
    "      schedule     = daily(05:00)   // UTC\n"
    "      start_within = 8h\n"
    "      vault        = vault(\"main\")\n"
    "      delete_after = 35d\n"
    "    }\n"
    "\n"
    "    select \"tagged\" {\n"
    "      role       = role(\"backup\")\n"
    "      tag_key    = \"backup\"\n"
    "      tag_values = [\"daily\"]\n"
    "    }\n"
    "  }\n"
    "}\n";

/* Unknown is what nobody wrote: a stub must not be taken for an empty organization. */
static const char inventory[] =
    "# The inventory: what backpol knows of your organization. The ids below are examples; "
    "replace\n"
    "# them with your own. What is not written here counts as unknown, not as missing.\n"
    "backpol_inventory: 1\n"
    "captured_at: unknown\n"
    "organization:\n"
    "  id: o-exampleorg\n"
    "  partition: aws\n"
    "  management_account: \"111122223333\"\n"
    "root:\n"
    "  id: r-ab12\n"
    "  accounts:\n"
    "    - {id: \"111122223333\", name: Management}\n"
    "  ous:\n"
    "    - id: ou-ab12-work0001\n"
    "      name: Workloads\n"
    "      accounts:\n"
    "        - {id: \"222233334444\", name: First workload}\n";

static bool
stands(bp_run *run, bp_str path)
{
    struct stat found;
    return lstat(bp_project_path(run, bp_str_c(run->arena, path)), &found) == 0;
}

static bool
is_free(bp_run *run, bp_str path)
{
    if (!stands(run, path)) {
        return true;
    }
    bp_run_trouble(run, "\"%.*s\" is there already; init writes over nothing", BP_ARG(path));
    return false;
}

void
bp_init_add(bp_run *run, bp_init_files *files, bp_str path, bp_str text)
{
    *bp_vec_add(run->arena, files) = (bp_file_out){.path = path, .text = text};
}

static int
write_all(bp_run *run, const bp_init_files *files)
{
    bp_file_error error = {0};
    for (size_t i = 0; i < files->count; i++) {
        if (!is_free(run, files->at[i].path)) {
            return BP_EXIT_CANNOT;
        }
    }
    if (!bp_file_write_set(run->arena, run->start, files->at, files->count, NULL, 0, &error)) {
        return bp_run_trouble(run, "%.*s", BP_ARG(error.text));
    }
    for (size_t i = 0; i < files->count && !bp_option_given(&run->line, BP_OPTION_QUIET); i++) {
        bp_output_text(run->out, i == 0 ? "Wrote    " : "         ");
        bp_output_user(run->out, files->at[i].path);
        bp_output_text(run->out, "\n");
    }
    return BP_EXIT_NOTHING;
}

static void
say_next(bp_run *run, const char *text)
{
    if (!bp_option_given(&run->line, BP_OPTION_QUIET)) {
        bp_output_text(run->out, "Next     ");
        bp_output_text(run->out, text);
        bp_output_text(run->out, "\n");
    }
}

/* Names the inventory that was found, unless it is the one that is looked for anyway. */
static bp_str
manifest_text(bp_run *run, bp_str found)
{
    bp_buf out = {.arena = run->arena};
    bp_buf_add_c(&out, manifest);
    bp_str path =
        found.size == 0 ? found : bp_project_relative(run, run->start, bp_str_c(run->arena, found));
    if (path.size > 0 && path.at[0] != '/' && !bp_str_is(path, "org.yaml")) {
        bp_buf_add_c(&out, "inventory: ");
        bp_json_quote(&out, path);
        bp_buf_add_char(&out, '\n');
    }
    return bp_buf_text(&out);
}

int
bp_command_init(bp_run *run)
{
    const char *folder = bp_option_value(&run->line, BP_OPTION_FROM_JSON);
    bp_init_files files = {0};
    if (run->line.words.count > 0) {
        return bp_run_usage(run, "init takes no file; the folder to begin in is that of -C");
    }
    if (!bp_project_start(run) || !is_free(run, BP_STR("backpol.yaml"))) {
        return BP_EXIT_CANNOT;
    }
    bp_adopted adopted = {0};
    if (folder != NULL) {
        int code = bp_init_adopt(run, folder, &files, &adopted);
        if (code != BP_EXIT_NOTHING) {
            return code;
        }
    } else {
        bp_init_add(run, &files, BP_STR("policies/daily.bpol"), bp_str_of(sample));
    }
    if (folder == NULL && !stands(run, BP_STR("org.yaml"))) {
        bp_init_add(run, &files, BP_STR("org.yaml"), bp_str_of(inventory));
    }
    bp_init_add(run, &files, BP_STR("backpol.yaml"), manifest_text(run, adopted.inventory));
    int code = write_all(run, &files);
    if (code != BP_EXIT_NOTHING) {
        return code;
    }
    if (folder == NULL) {
        say_next(run, "write your organization into org.yaml, then: backpol check");
    } else if (adopted.unattached) {
        say_next(run, "say in each policy where it is attached, then: backpol check");
    } else {
        say_next(run, "backpol check");
    }
    return BP_EXIT_NOTHING;
}

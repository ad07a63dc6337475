/*
 * `backpol diff OLD [NEW]`: both sides are compiled, compared, and the difference is told. Which
 * side a word means is decided in diff_sides.c; the forms are diff_text.c, diff_json.c and
 * diff_markdown.c. Findings of a side that compiles are not told here.
 */
#include "compiler/cli/diff.h"

static bp_compare_side
side_of(const bp_side *side)
{
    return (bp_compare_side){.model = side->session->model,
                             .effective = side->session->effective,
                             .declares =
                                 side->kind == BP_SIDE_PROJECT || side->kind == BP_SIDE_REVISION};
}

static bool
hand_over(bp_run *run, const bp_diff *diff)
{
    for (size_t i = 0; i < run->reports.count; i++) {
        const bp_report_to *to = &run->reports.at[i];
        bp_str text = bp_str_is(to->kind, "json") ? bp_diff_json(diff)
                      : bp_str_is(to->kind, "markdown")
                          ? bp_diff_markdown(diff)
                          : bp_diff_text(diff, run->color && to->path.size == 0);
        if (!bp_report_hand_over(run, to, text)) {
            return false;
        }
    }
    return true;
}

int
bp_command_diff(bp_run *run)
{
    bp_diff diff = {.run = run};
    if (run->line.words.count == 0 || run->line.words.count > 2) {
        return bp_run_usage(run, "diff takes one or two of: a folder, a revision of git, deployed");
    }
    if (!bp_project_start(run)) {
        return BP_EXIT_CANNOT;
    }
    if (!bp_project_locate(run, &diff.here)) {
        diff.here.root = NULL;
        if (bp_option_given(&run->line, BP_OPTION_CONFIG)) {
            return BP_EXIT_CANNOT;
        }
    }
    const char *after = run->line.words.count == 2 ? run->line.words.at[1] : NULL;
    if (!bp_diff_open(&diff, run->line.words.at[0], &diff.before) ||
        !bp_diff_open(&diff, after, &diff.after)) {
        return BP_EXIT_CANNOT;
    }
    bp_compare_side sides[] = {side_of(&diff.before), side_of(&diff.after)};
    diff.difference = bp_compare(run->arena, &sides[0], &sides[1], run->as_of);
    if (!diff.difference->accounts_compared) {
        bp_diff_note(&diff, "without an inventory on both sides, accounts are not compared");
    }
    if (!hand_over(run, &diff)) {
        return BP_EXIT_CANNOT;
    }
    return bp_difference_any(diff.difference) ? BP_EXIT_FOUND : BP_EXIT_NOTHING;
}

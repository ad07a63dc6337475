/*
 * Fixes: the edits that findings offer, applied to texts in memory, round after round until none is
 * left. Whether and how the result is written stands at the end; what a fix is, with the checks.
 */
#include "compiler/cli/fix.h"

#include "grammar/format.h"
#include "lib/diff.h"
#include "lib/file.h"

#include <stdlib.h>

/* One edit of a fix that may be applied. */
typedef struct change {
    const bp_edit *edit;
    size_t fix; /* number of the fix, in the order of findings */
} change;

typedef struct round {
    bp_run *run;
    const bp_session *session;
    BP_VEC(change) changes;
    bool *refused; /* by number of the fix */
    size_t count;
} round_of;

bool
bp_fix_wanted(const bp_run *run)
{
    return bp_option_given(&run->line, BP_OPTION_FIX) ||
           bp_option_given(&run->line, BP_OPTION_UNSAFE_FIXES) ||
           bp_option_given(&run->line, BP_OPTION_DIFF);
}

/* ---- which fixes */

/* The first fix of a finding that the options allow. */
static const bp_fix *
fix_of(const bp_run *run, const bp_finding *finding)
{
    bool unsafe = bp_option_given(&run->line, BP_OPTION_UNSAFE_FIXES);
    for (size_t i = 0; i < finding->fixes.count; i++) {
        if (finding->fixes.at[i].safe || unsafe) {
            return &finding->fixes.at[i];
        }
    }
    return NULL;
}

static void
collect(round_of *all)
{
    bp_arena *arena = all->run->arena;
    const bp_diagnostics *list = all->session->diagnostics;
    for (size_t i = 0; i < bp_diagnostics_total(list); i++) {
        const bp_fix *fix = fix_of(all->run, bp_diagnostics_at(list, i));
        for (size_t k = 0; fix != NULL && k < fix->edits.count; k++) {
            *bp_vec_add(arena, &all->changes) = (change){&fix->edits.at[k], all->count};
        }
        all->count += fix != NULL;
    }
}

static int
by_place(const void *left, const void *right)
{
    const change *a = left;
    const change *b = right;
    int order = bp_span_compare(a->edit->span, b->edit->span);
    return order != 0 ? order : (a->fix > b->fix) - (a->fix < b->fix);
}

static bool
same(const bp_edit *a, const bp_edit *b)
{
    return bp_span_equal(a->span, b->span) && bp_str_equal(a->text, b->text);
}

static bool
touch(bp_span a, bp_span b)
{
    return a.source == b.source && (b.start < a.end || b.start == a.start);
}

/* Of two fixes that touch, the later one waits for the next round; the same edit, offered by
 * several findings, is made once. */
static void
refuse_overlaps(round_of *all)
{
    const change *last = NULL;
    for (size_t i = 0; i < all->changes.count; i++) {
        const change *now = &all->changes.at[i];
        bool overlaps = last != NULL && now->fix != last->fix && !same(now->edit, last->edit) &&
                        touch(last->edit->span, now->edit->span);
        if (overlaps) {
            all->refused[now->fix > last->fix ? now->fix : last->fix] = true;
        }
        if (last == NULL || !overlaps || now->edit->span.end > last->edit->span.end) {
            last = now;
        }
    }
}

/* ---- applying */

static bp_str
edited(const round_of *all, const bp_source *source, size_t first, size_t end)
{
    bp_buf text = {.arena = all->run->arena};
    size_t at = 0;
    const bp_edit *last = NULL;
    for (size_t i = first; i < end; i++) {
        const bp_edit *edit = all->changes.at[i].edit;
        bool again = last != NULL && same(edit, last);
        if (all->refused[all->changes.at[i].fix] || again) {
            continue;
        }
        bp_buf_add(&text, bp_str_cut(source->text, at, edit->span.start));
        bp_buf_add(&text, edit->text);
        at = edit->span.end;
        last = edit;
    }
    bp_buf_add(&text, bp_str_cut(source->text, at, source->text.size));
    return bp_buf_text(&text);
}

static bool
parses(bp_arena *arena, const bp_session *session, bp_str path, bp_str text, bp_str *laid_out)
{
    size_t rules = 0;
    const bp_rule *table = bp_diagnostics_rules(session->diagnostics, &rules);
    bp_sources *sources = bp_sources_new(arena);
    bp_diagnostics *list = bp_diagnostics_new(arena, sources, table, rules);
    bp_buf out = {.arena = arena};
    if (!bp_format(arena, list, bp_sources_add(sources, path, text), &out)) {
        return false;
    }
    *laid_out = bp_buf_text(&out);
    return true;
}

static bool
is_policy_file(bp_str path)
{
    return bp_str_ends(path, BP_STR(".bpol"));
}

static bp_fixed_file *
fixed_file(bp_run *run, bp_fixes *fixes, const bp_source *source)
{
    for (size_t i = 0; i < fixes->files.count; i++) {
        if (bp_str_equal(fixes->files.at[i].path, source->path)) {
            return &fixes->files.at[i];
        }
    }
    bp_fixed_file *file = bp_vec_add(run->arena, &fixes->files);
    *file = (bp_fixed_file){.path = source->path, .before = source->text};
    return file;
}

/* Takes the new text of a file over; false when a text that could be read no longer can. */
static bool
take_over(const round_of *all, bp_fixes *fixes, const bp_source *source, bp_str text)
{
    bp_run *run = all->run;
    bp_str laid_out = text;
    if (is_policy_file(source->path) &&
        !parses(run->arena, all->session, source->path, text, &laid_out)) {
        bp_str ignored = {0};
        if (parses(run->arena, all->session, source->path, source->text, &ignored)) {
            bp_run_trouble(run, "a fix would make \"%.*s\" unreadable; nothing was written",
                           BP_ARG(source->path));
            return false;
        }
    }
    fixed_file(run, fixes, source)->after = laid_out;
    bp_str *laid = BP_NEW(run->arena, bp_str);
    *laid = laid_out;
    bp_map_set(run->overlay, source->path, laid);
    return true;
}

static size_t
applied(const round_of *all)
{
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        count += !all->refused[i];
    }
    return count;
}

size_t
bp_fix_round(bp_run *run, const bp_session *session, bp_fixes *fixes, bool *broken)
{
    round_of all = {.run = run, .session = session};
    collect(&all);
    *broken = false;
    if (all.changes.count == 0) {
        return 0;
    }
    all.refused = bp_arena_array(run->arena, all.count, sizeof *all.refused);
    qsort(all.changes.at, all.changes.count, sizeof *all.changes.at, by_place);
    refuse_overlaps(&all);
    for (size_t i = 0; i < all.changes.count && !*broken;) {
        const bp_source *source =
            bp_sources_get(session->sources, all.changes.at[i].edit->span.source);
        size_t end = i;
        while (end < all.changes.count &&
               all.changes.at[end].edit->span.source == all.changes.at[i].edit->span.source) {
            end++;
        }
        *broken = !take_over(&all, fixes, source, edited(&all, source, i, end));
        i = end;
    }
    size_t count = applied(&all);
    fixes->count += count;
    return *broken ? 0 : count;
}

/* ---- the end */

static int
by_path(const void *left, const void *right)
{
    return bp_str_compare(((const bp_fixed_file *)left)->path,
                          ((const bp_fixed_file *)right)->path);
}

bool
bp_fix_finish(bp_run *run, const bp_session *session, bp_fixes *fixes)
{
    bool show = bp_option_given(&run->line, BP_OPTION_DIFF);
    bool tell =
        bp_str_is(run->reports.at[0].kind, "text") && !bp_option_given(&run->line, BP_OPTION_QUIET);
    if (fixes->files.count > 0) {
        qsort(fixes->files.at, fixes->files.count, sizeof *fixes->files.at, by_path);
    }
    for (size_t i = 0; i < fixes->files.count; i++) {
        const bp_fixed_file *file = &fixes->files.at[i];
        if (show) {
            bp_buf text = {.arena = run->arena};
            bp_diff_unified(run->arena, file->path, file->path, file->before, file->after, &text);
            bp_write_lines(run, bp_buf_text(&text));
        } else if (!bp_write_back(run, session, file->path, file->after)) {
            return false;
        }
    }
    if (tell && fixes->count > 0) {
        bp_str count = bp_count_of(run->arena, fixes->count, "finding", "findings");
        bp_str files = bp_count_of(run->arena, fixes->files.count, "file", "files");
        bp_output_format(run->out, "%s %.*s in %.*s\n", show ? "would fix" : "fixed", BP_ARG(count),
                         BP_ARG(files));
    }
    return true;
}

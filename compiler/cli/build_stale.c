/*
 * What `backpol build --check` says: OPS001 for every file of the output folder that is not what
 * the sources make, at its first difference, with the little of both texts that shows it. The files
 * are whatever a stranger committed: they are shown through the one printer, cut to a few words.
 * Not for reading them (build_folder.c) nor for differences of meaning (cmd_diff.c).
 */
#include "compiler/cli/build.h"

enum {
    WORDS_BEFORE = 24, /* bytes shown before the first difference */
    WORDS_MAX = 48     /* bytes shown of each side */
};

/* The place where two texts part: the same in both up to there. */
typedef struct parting {
    size_t at;    /* byte, at the start of a character */
    size_t line;  /* from 1 */
    size_t start; /* byte where that line starts */
} parting;

static bool
is_inside_character(bp_str text, size_t at)
{
    return at < text.size && ((unsigned char)text.at[at] & 0xC0) == 0x80;
}

static parting
part(bp_str found, bp_str made)
{
    parting p = {.line = 1};
    size_t both = found.size < made.size ? found.size : made.size;
    while (p.at < both && found.at[p.at] == made.at[p.at]) {
        if (found.at[p.at++] == '\n') {
            p.line++;
            p.start = p.at;
        }
    }
    while (p.at > p.start &&
           (is_inside_character(found, p.at) || is_inside_character(made, p.at))) {
        p.at--;
    }
    return p;
}

/* A few words of one side: of the line where the texts part, from shortly before. */
static bp_str
words_at(bp_arena *arena, bp_str text, const parting *p)
{
    if (p->at >= text.size) {
        return BP_STR("the end of the file");
    }
    bp_str rest = bp_str_cut(text, p->start, text.size);
    bp_str line = bp_str_cut(rest, 0, bp_str_find(rest, '\n'));
    if (line.size == 0) {
        return BP_STR("an empty line");
    }
    size_t at = p->at - p->start;
    size_t from = at > WORDS_BEFORE ? at - WORDS_BEFORE : 0;
    size_t to = line.size - from > WORDS_MAX ? from + WORDS_MAX : line.size;
    while (from < at && is_inside_character(line, from)) {
        from++;
    }
    while (to > at && is_inside_character(line, to)) {
        to--;
    }
    return bp_str_format(arena, "%s\"%.*s\"%s", from > 0 ? "…" : "",
                         BP_ARG(bp_str_cut(line, from, to)), to < line.size ? "…" : "");
}

static void
report_at(bp_session *session, bp_str shown, bp_str text, size_t at, bp_str what)
{
    const bp_source *place = bp_sources_add(session->sources, shown, text);
    bp_finding *finding = bp_report(session->diagnostics, "OPS001", bp_span_of(place, at, at),
                                    "\"%.*s\" %.*s", BP_ARG(shown), BP_ARG(what));
    bp_finding_help(session->diagnostics, finding, "run backpol build and commit what it writes");
}

static void
report_one(bp_session *session, const bp_comparison *comparison, bp_str path, const char *what)
{
    bp_str shown = bp_path_join(session->arena, comparison->shown, path);
    report_at(session, shown, BP_STR(""), 0, bp_str_of(what));
}

static void
report_difference(bp_session *session, const bp_comparison *comparison, size_t index)
{
    const bp_file_out *file = &session->artifacts->files.at[index];
    bp_arena *arena = session->arena;
    bp_str found = comparison->standing[index];
    parting p = part(found, file->text);
    bp_str what = bp_str_format(
        arena, "differs from what the sources make: line %zu is %.*s and would be %.*s", p.line,
        BP_ARG(words_at(arena, found, &p)), BP_ARG(words_at(arena, file->text, &p)));
    bp_str shown = bp_path_join(arena, comparison->shown, file->path);
    report_at(session, shown, found, p.at, what);
    bp_build_report_order(session, file->path, shown, found);
}

void
bp_build_report_stale(bp_session *session, const bp_comparison *comparison)
{
    for (size_t i = 0; i < session->artifacts->files.count; i++) {
        bp_str path = session->artifacts->files.at[i].path;
        bp_file_state state = comparison->states[i];
        if (comparison->problems[i].size > 0) {
            report_one(session, comparison, path,
                       bp_str_format(session->arena, "cannot be compared: it %.*s",
                                     BP_ARG(comparison->problems[i]))
                           .at);
        } else if (state == BP_FILE_NEW) {
            report_one(session, comparison, path, "is missing; the sources make it");
        } else if (state != BP_FILE_SAME) {
            report_difference(session, comparison, i);
        }
    }
    for (size_t i = 0; i < comparison->stale.count; i++) {
        bp_str shown = bp_path_join(session->arena, comparison->shown, comparison->stale.at[i]);
        const bp_source *place = bp_sources_add(session->sources, shown, BP_STR(""));
        bp_finding *finding =
            bp_report(session->diagnostics, "OPS008", bp_span_of(place, 0, 0),
                      "\"%.*s\" is no longer made from the sources", BP_ARG(shown));
        bp_finding_help(session->diagnostics, finding, "run backpol build, which removes it");
    }
}

/*
 * What must hold for any text of the language, whatever stands in it.
 */
#include "compiler/backpol.h"
#include "grammar/format.h"
#include "tools/fuzz/laws.h"

#include <string.h>

typedef struct compiled {
    bp_session *session;
    const bp_ast_file *file;
} compiled;

static compiled
parse(bp_arena *arena, bp_str text)
{
    compiled result = {.session = fuzz_session(arena)};
    const bp_source *source = bp_sources_add(result.session->sources, BP_STR("case.bpol"), text);
    result.file = bp_parse(arena, result.session->diagnostics, source);
    *bp_vec_add(arena, &result.session->files) = result.file;
    return result;
}

/* What a file compiles to: documents one a line, unless something in them was not understood, and
 * the codes of all findings. */
static bp_str
documents(bp_arena *arena, const compiled *from)
{
    bp_session *session = from->session;
    bp_buf out = {.arena = arena};
    if (bp_session_compile(session)) {
        bp_session_check(session);
    }
    bp_diagnostics_settle(session->diagnostics);
    bool whole = session->program != NULL && !bp_session_has_holes(session);
    for (size_t i = 0; whole && i < session->program->policies.count; i++) {
        const bp_policy *policy = session->program->policies.at[i];
        bp_buf_add(&out, policy->name);
        bp_buf_add_char(&out, ' ');
        bp_buf_add(&out, bp_tree_write_compact(arena, policy->document));
        bp_buf_add_char(&out, '\n');
    }
    for (size_t i = 0; i < bp_diagnostics_total(session->diagnostics); i++) {
        bp_buf_format(&out, "%s\n", bp_diagnostics_at(session->diagnostics, i)->rule->code);
    }
    return bp_buf_text(&out);
}

/* The next line of a text, with its end. */
static bp_str
next_line(bp_str *rest)
{
    bp_str line = bp_str_cut(*rest, 0, bp_str_find(*rest, '\n') + 1);
    *rest = bp_str_cut(*rest, line.size, rest->size);
    return line;
}

/* The tree of a file without places; `true` reads as `on`, as the formatter writes it. */
static bp_str
tree(bp_arena *arena, const bp_ast_file *file)
{
    bp_buf dump = {.arena = arena};
    bp_buf out = {.arena = arena};
    bp_ast_dump(file, &dump);
    for (bp_str all = bp_buf_text(&dump); all.size > 0;) {
        bp_str line = next_line(&all);
        bp_str rest = bp_str_trim(line);
        size_t blanks = 0;
        while (blanks < line.size && line.at[blanks] == ' ') {
            blanks++;
        }
        bp_buf_add(&out, bp_str_cut(line, 0, blanks));
        if (rest.size > 0 && bp_is_digit(rest.at[0])) {
            rest = bp_str_cut(rest, bp_str_find(rest, ' ') + 1, rest.size);
        }
        if (bp_str_ends(rest, BP_STR("word true"))) {
            bp_buf_add(&out, bp_str_cut(rest, 0, rest.size - 4));
            rest = BP_STR("on");
        } else if (bp_str_ends(rest, BP_STR("word false"))) {
            bp_buf_add(&out, bp_str_cut(rest, 0, rest.size - 5));
            rest = BP_STR("off");
        }
        bp_buf_add(&out, rest);
        bp_buf_add_char(&out, '\n');
    }
    return bp_buf_text(&out);
}

/* The comments of a text in their order, one a line: all that is neither token nor blank. */
static bp_str
comments(bp_arena *arena, const bp_source *source)
{
    bp_buf out = {.arena = arena};
    bp_lexer lexer = bp_lexer_start(arena, source);
    uint32_t end = lexer.at;
    for (;;) {
        bp_token token = bp_lexer_next(&lexer);
        if (token.kind == BP_TOKEN_NEWLINE) {
            continue;
        }
        for (bp_str between = bp_str_cut(source->text, end, token.start); between.size > 0;) {
            bp_str line = bp_str_trim(next_line(&between));
            bp_buf_add(&out, line);
            bp_buf_add_c(&out, line.size > 0 ? "\n" : "");
        }
        if (token.kind == BP_TOKEN_EOF) {
            return bp_buf_text(&out);
        }
        end = token.end;
    }
}

static void
compare(fuzz_trial *trial, const char *what, bp_str before, bp_str after)
{
    if (!bp_str_equal(before, after)) {
        fuzz_fail(trial, what, before, after);
    }
}

static void
check_layout(fuzz_trial *trial, const compiled *first)
{
    bp_buf once = {.arena = trial->arena};
    bp_buf twice = {.arena = trial->arena};
    if (!bp_format_parsed(trial->arena, first->file, &once)) {
        fuzz_fail(trial, "what parses has a layout", trial->text, (bp_str){0});
        return;
    }
    bp_str layout = bp_buf_text(&once);
    compiled second = parse(trial->arena, layout);
    if (second.file->broken || !bp_format_parsed(trial->arena, second.file, &twice)) {
        fuzz_fail(trial, "the layout parses", trial->text, layout);
        return;
    }
    compare(trial, "the layout of a layout is itself", layout, bp_buf_text(&twice));
    compare(trial, "the layout has the same tree", tree(trial->arena, first->file),
            tree(trial->arena, second.file));
    compare(trial, "the layout has the same comments", comments(trial->arena, first->file->source),
            comments(trial->arena, second.file->source));
    compare(trial, "the layout compiles to the same", documents(trial->arena, first),
            documents(trial->arena, &second));
}

void
fuzz_policy(fuzz_trial *trial)
{
    compiled first = parse(trial->arena, trial->text);
    trial->whole = !first.file->broken;
    if (first.file->broken != (bp_diagnostics_total(first.session->diagnostics) > 0)) {
        fuzz_fail(trial, "what does not parse has a finding, what parses has none", trial->text,
                  (bp_str){0});
    }
    if (trial->whole) {
        check_layout(trial, &first);
    } else {
        documents(trial->arena, &first);
    }
    fuzz_check_places(trial, first.session->diagnostics);
}

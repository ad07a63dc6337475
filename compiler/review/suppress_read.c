/*
 * Suppressions in the text of a policy file:
 *
 *     // backpol: ignore NAM002, VLT001 -- the reason (until 2027-03-01)
 *
 * On a line of its own such a comment is about the statement or block that follows, with all that
 * is in it; before `edition`, about the whole file. Behind a statement, it is about that statement.
 * What a comment hides is decided in suppress.c.
 */
#include "compiler/review/review.h"

#include "grammar/lexer.h"
#include "lib/calendar.h"
#include "lib/suggest.h"

enum { SECONDS_A_DAY = 86400 };

typedef struct reading {
    bp_review *review;
    const bp_ast_file *file;
    int64_t as_of;
    bp_span comment;
    bool own_line;
    bp_span covered;
    bp_str scope;
    bp_span reason;
    bool expired;
    bool bad_date;
} reading;

/* ---- what a comment is about */

static uint32_t
end_of_body(const bp_ast_body *body, uint32_t otherwise)
{
    return body == NULL || !bp_span_exists(body->close) ? otherwise : body->close.end;
}

static uint32_t
statement_end(const bp_ast_statement *statement)
{
    return end_of_body(statement->body, statement->span.end);
}

static uint32_t
item_end(const bp_ast_item *item)
{
    return end_of_body(item->body, item->span.end);
}

static const char *
scope_word(const bp_ast_statement *statement)
{
    return statement->block == BP_AST_PLAN     ? "plan"
           : statement->block == BP_AST_RULE   ? "rule"
           : statement->block == BP_AST_SELECT ? "select"
                                               : NULL;
}

/* The scope of a block inside of another; empty where findings have none of their own. */
static bp_str
scope_below(bp_arena *arena, bp_str above, const bp_ast_statement *statement)
{
    const char *word = statement->body == NULL || above.size == 0 ? NULL : scope_word(statement);
    if (word == NULL) {
        return BP_STR("");
    }
    return bp_str_format(arena, "%.*s/%s/%.*s", BP_ARG(above), word, BP_ARG(statement->name.text));
}

typedef uint32_t end_of(const void *list, size_t index);

static uint32_t
end_in_body(const void *body, size_t index)
{
    return statement_end(((const bp_ast_body *)body)->statements.at[index]);
}

static uint32_t
end_in_file(const void *file, size_t index)
{
    return item_end(((const bp_ast_file *)file)->items.at[index]);
}

/* The first of a list, by binary search, that ends behind a place: comments may be many, too. */
static size_t
first_beyond(const void *list, size_t count, end_of *end, uint32_t place)
{
    size_t low = 0;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (end(list, middle) > place) {
            count = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* Where to look from: the comment, or what stands before it on its line. */
static uint32_t
look_from(const reading *r)
{
    return r->own_line ? r->comment.start : r->covered.start;
}

/* Takes what follows a comment on its own line. */
static void
cover_next(reading *r, bp_span span, uint32_t end, bp_str scope)
{
    r->covered = (bp_span){r->comment.source, span.start, end};
    r->scope = scope;
}

/* Takes the statement that a comment stands behind, from its beginning on the line. */
static void
cover_line(reading *r, bp_span statement)
{
    if (statement.start < r->covered.start) {
        r->covered.start = statement.start;
    }
}

/* Whether the comment stands in the body of a block. */
static bool
is_in(const reading *r, const bp_ast_body *body, uint32_t end)
{
    return body != NULL && r->comment.start > body->open.start && r->comment.start < end;
}

/* Follows blocks down to the one whose body holds the comment, then takes the next statement (of a
 * comment on its own line) or the one on the line. */
static void
cover_in_body(reading *r, const bp_ast_body *body, bp_str scope)
{
    size_t i = first_beyond(body, body->statements.count, end_in_body, look_from(r));
    while (i < body->statements.count) {
        const bp_ast_statement *statement = body->statements.at[i++];
        if (is_in(r, statement->body, statement_end(statement))) {
            scope = scope_below(r->review->arena, scope, statement);
            body = statement->body;
            i = first_beyond(body, body->statements.count, end_in_body, look_from(r));
        } else if (r->own_line && statement->span.start >= r->comment.end) {
            cover_next(r, statement->span, statement_end(statement),
                       scope_below(r->review->arena, scope, statement));
            return;
        } else if (!r->own_line && statement->span.start >= r->comment.start) {
            return;
        } else if (!r->own_line && statement->body == NULL) {
            cover_line(r, statement->span);
            return;
        }
    }
}

static bp_str
scope_of_item(bp_arena *arena, const bp_ast_item *item)
{
    return item->kind == BP_AST_POLICY
               ? bp_str_format(arena, "policy/%.*s", BP_ARG(item->name.text))
               : BP_STR("");
}

static void
cover(reading *r)
{
    const bp_ast_file *file = r->file;
    if (r->own_line && bp_span_exists(file->edition_span) &&
        r->comment.end <= file->edition_span.start) {
        r->covered = bp_span_of(file->source, 0, file->source->text.size + 1);
        return;
    }
    size_t i = first_beyond(file, file->items.count, end_in_file, look_from(r));
    for (; i < file->items.count; i++) {
        const bp_ast_item *item = file->items.at[i];
        if (is_in(r, item->body, item_end(item))) {
            cover_in_body(r, item->body, scope_of_item(r->review->arena, item));
            return;
        }
        if (r->own_line && item->span.start >= r->comment.end) {
            cover_next(r, item->span, item_end(item), scope_of_item(r->review->arena, item));
            return;
        }
        if (!r->own_line && item->span.start >= r->comment.start) {
            return;
        }
        if (!r->own_line && item->body == NULL) {
            cover_line(r, item->span);
            return;
        }
    }
}

/* ---- what a comment says */

static void
report_malformed(reading *r, bp_span span, const char *what)
{
    bp_finding *finding = bp_report(r->review->diagnostics, "CFG003", span, "%s", what);
    bp_finding_help(r->review->diagnostics, finding,
                    "write: // backpol: ignore RULE -- the reason (until 2027-03-01)");
}

static void
add_rule(reading *r, bp_str word)
{
    bp_review *review = r->review;
    const char *text = r->file->source->text.at;
    bp_span span =
        bp_span_of(r->file->source, (size_t)(word.at - text), (size_t)(word.at - text) + word.size);
    const bp_rule *rule = bp_diagnostics_rule(review->diagnostics, word);
    bp_span lock = BP_NOWHERE;
    if (rule == NULL) {
        size_t count = 0;
        const bp_rule *rules = bp_diagnostics_rules(review->diagnostics, &count);
        bp_suggester nearest = bp_suggest_start(word);
        for (size_t i = 0; i < count; i++) {
            bp_suggest_offer(&nearest, bp_str_of(rules[i].code));
            bp_suggest_offer(&nearest, bp_str_of(rules[i].slug));
        }
        bp_finding *finding =
            bp_report(review->diagnostics, "CFG002", span,
                      "no rule has the code or slug \"%.*s\"; it hides nothing", BP_ARG(word));
        if (nearest.best.size > 0) {
            bp_finding_fix(review->diagnostics, finding, false, span, nearest.best,
                           "replace with \"%.*s\"", BP_ARG(nearest.best));
        }
        return;
    }
    bool locked = bp_review_locked(review->manifest, rule, &lock);
    if (locked) {
        bp_finding *finding =
            bp_report(review->diagnostics, "CFG005", span,
                      "%s cannot be suppressed; the manifest locks it", rule->code);
        bp_finding_label(review->diagnostics, finding, lock, "locked here");
        bp_finding_help(review->diagnostics, finding,
                        "mend what %s finds, or talk to the owners of the manifest", rule->code);
    }
    *bp_vec_add(review->arena, &review->suppressions) =
        (bp_suppression){.rule = rule,
                         .comment = r->comment,
                         .word = span,
                         .covered = r->covered,
                         .scope = r->scope,
                         .idle = locked || r->expired || r->bad_date};
}

static bool
is_gap(char c)
{
    return c == ' ' || c == '\t' || c == ',';
}

static void
read_rules(reading *r, bp_str words)
{
    size_t first = r->review->suppressions.count;
    size_t named = 0;
    while (words.size > 0) {
        size_t end = 0;
        while (end < words.size && !is_gap(words.at[end])) {
            end++;
        }
        if (end > 0) {
            named++;
            add_rule(r, bp_str_cut(words, 0, end));
        }
        words = bp_str_cut(words, end + 1, words.size);
    }
    if (named == 0) {
        report_malformed(r, r->comment, "a suppression that names no rule; it hides nothing");
    }
    for (size_t i = first; i < r->review->suppressions.count; i++) {
        r->review->suppressions.at[i].others = named - 1;
    }
}

static size_t
find_text(bp_str text, bp_str part)
{
    for (size_t i = 0; i + part.size <= text.size; i++) {
        if (bp_str_starts(bp_str_cut(text, i, text.size), part)) {
            return i;
        }
    }
    return text.size;
}

/* Takes "(until DATE)" off the end. */
static bp_str
read_until(reading *r, bp_str text)
{
    size_t open = find_text(text, BP_STR("(until"));
    if (open == text.size) {
        return text;
    }
    bp_str rest = bp_str_cut(text, open + 6, text.size);
    bp_str date = bp_str_trim(bp_str_cut(rest, 0, bp_str_find(rest, ')')));
    const char *start = r->file->source->text.at;
    size_t at = (size_t)((date.size > 0 ? date.at : text.at + open) - start);
    bp_span span = bp_span_of(r->file->source, at, at + (date.size > 0 ? date.size : 6));
    int64_t day = 0;
    if (date.size != 10 || !bp_instant_parse(date, &day)) {
        r->bad_date = true;
        report_malformed(r, span,
                         "no date; a suppression ends with a day, (until 2027-03-01), and "
                         "hides nothing without one");
    } else if (r->as_of >= day + SECONDS_A_DAY) {
        r->expired = true;
        bp_finding *finding =
            bp_report(r->review->diagnostics, "CFG003", span,
                      "this suppression ended on %.*s; it hides nothing", BP_ARG(date));
        bp_finding_help(r->review->diagnostics, finding,
                        "mend what it hid, or give it another day and say why");
    }
    return bp_str_trim(bp_str_cut(text, 0, open));
}

static void
read_ignore(reading *r, bp_str rest)
{
    size_t dashes = find_text(rest, BP_STR("--"));
    bp_str reason = bp_str_trim(bp_str_cut(rest, dashes + 2, rest.size));
    bp_str words = bp_str_cut(rest, 0, dashes);
    reason = read_until(r, reason);
    if (dashes == rest.size) {
        words = read_until(r, words);
    }
    if (reason.size == 0) {
        report_malformed(r, r->comment, "a suppression without a reason");
    }
    cover(r);
    read_rules(r, bp_str_trim(words));
}

/* ---- comments */

static void
read_comment(reading *r, bp_str text)
{
    bp_str body = bp_str_cut(text, text.at[0] == '#' ? 1 : 2, text.size);
    body = bp_str_trim(body);
    bp_str mark = BP_STR("backpol:");
    if (bp_str_starts(text, BP_STR("///")) || !bp_str_starts(body, mark)) {
        return;
    }
    body = bp_str_trim(bp_str_cut(body, mark.size, body.size));
    size_t end = 0;
    while (end < body.size && bp_is_alpha(body.at[end])) {
        end++;
    }
    if (!bp_str_is(bp_str_cut(body, 0, end), "ignore")) {
        report_malformed(r, r->comment, "no word that backpol knows; it knows \"ignore\"");
        return;
    }
    read_ignore(r, bp_str_cut(body, end, body.size));
}

/* The comments between two tokens; `behind`: a token stands before the first on its line. */
static void
read_gap(reading *r, size_t from, size_t to, bool behind)
{
    const bp_source *source = r->file->source;
    size_t line = from;
    while (line > 0 && source->text.at[line - 1] != '\n') {
        line--;
    }
    for (size_t at = from; at < to;) {
        char c = source->text.at[at];
        if (c != '#' && c != '/') {
            behind = behind && c != '\n';
            at++;
            continue;
        }
        bp_str rest = bp_str_cut(source->text, at, to);
        bp_str text = bp_str_trim(bp_str_cut(rest, 0, bp_str_find(rest, '\n')));
        r->comment = bp_span_of(source, at, at + text.size);
        r->own_line = !behind;
        r->covered = behind ? bp_span_of(source, line, at) : BP_NOWHERE;
        r->scope = BP_STR("");
        r->expired = false;
        r->bad_date = false;
        read_comment(r, text);
        at += text.size;
    }
}

void
bp_review_read(bp_review *review, const bp_ast_file *file, int64_t as_of)
{
    if (!bp_str_contains(file->source->text, BP_STR("backpol:"))) {
        return;
    }
    reading r = {.review = review, .file = file, .as_of = as_of};
    bp_lexer lexer = bp_lexer_start(review->arena, file->source);
    size_t end = lexer.at;
    bool behind = false;
    bp_token token;
    do {
        token = bp_lexer_next(&lexer);
        if (token.kind != BP_TOKEN_NEWLINE) {
            read_gap(&r, end, token.start, behind);
            end = token.end;
            behind = true;
        }
    } while (token.kind != BP_TOKEN_EOF);
}

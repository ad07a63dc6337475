/*
 * Fixes for values of another kind: the slips whose meaning is evident — quotes too many or too
 * few, a name without its call.
 */
#include "compiler/facts/facts.h"
#include "compiler/policy/elaborate.h"
#include "lib/json_write.h"

static void
replace(const bp_typing *typing, const bp_expr *expr, bp_finding *finding, bp_str text)
{
    bp_finding_fix(typing->elab->diagnostics, finding, true, expr->value->span, text,
                   "replace with %.*s", BP_ARG(text));
}

/* The call that a text in quotes stands for; NULL if there is none. */
static const char *
call_of(bp_want want, bp_str text)
{
    bool arn = bp_str_starts(text, BP_STR("arn:"));
    if (want == BP_WANT_VAULT || want == BP_WANT_VAULT_NAME) {
        return arn ? NULL : "vault";
    }
    if (want == BP_WANT_ROLE) {
        return arn ? "arn" : "role";
    }
    if (want == BP_WANT_DESTINATION || want == BP_WANT_PATTERN || want == BP_WANT_PROTECTED ||
        want == BP_WANT_ARN || want == BP_WANT_ENCRYPTION) {
        return arn ? "arn" : NULL;
    }
    if (want == BP_WANT_SCHEDULE) {
        return "cron";
    }
    return want == BP_WANT_ACCOUNT ? "account" : NULL;
}

/* "hh:mm" within a day. */
static bool
is_time(bp_str text)
{
    int64_t hour;
    int64_t minute;
    return text.size == 5 && text.at[2] == ':' && bp_str_number(bp_str_cut(text, 0, 2), &hour) &&
           bp_str_number(bp_str_cut(text, 3, 5), &minute) && hour < 24 && minute < 60;
}

static void
fix_quoted(const bp_typing *typing, const bp_expr *expr, bp_finding *finding)
{
    bp_arena *arena = typing->elab->arena;
    bp_str text = expr->value->text;
    bool region = typing->want == BP_WANT_REGION && text.size > 0 &&
                  bp_str_find(text, ' ') == text.size && bp_str_find(text, '-') < text.size;
    if (region || bp_want_has_word(typing, text) ||
        (typing->want == BP_WANT_TIME && is_time(text))) {
        replace(typing, expr, finding, text);
        return;
    }
    const bp_region *named =
        typing->want == BP_WANT_REGION ? bp_region_by_name(typing->elab->how->facts, text) : NULL;
    if (named != NULL) {
        replace(typing, expr, finding, bp_str_of(named->code));
        return;
    }
    const char *call = call_of(typing->want, text);
    if (call == NULL) {
        return;
    }
    bp_str shell = BP_STR("cron(");
    if (typing->want == BP_WANT_SCHEDULE && bp_str_starts(text, shell) &&
        bp_str_ends(text, BP_STR(")"))) {
        text = bp_str_cut(text, shell.size, text.size - 1);
    }
    bp_buf fixed = {.arena = arena};
    bp_buf_format(&fixed, "%s(", call);
    bp_json_quote(&fixed, text);
    bp_buf_add_char(&fixed, ')');
    replace(typing, expr, finding, bp_buf_text(&fixed));
}

void
bp_mismatch_fix(const bp_typing *typing, const bp_expr *expr, bp_finding *finding)
{
    const bp_ast_value *value = expr->value;
    bp_arena *arena = typing->elab->arena;
    if (value->kind == BP_AST_STRING) {
        fix_quoted(typing, expr, finding);
    } else if (typing->want == BP_WANT_STRING &&
               (value->kind == BP_AST_INT || value->kind == BP_AST_DURATION)) {
        replace(typing, expr, finding, bp_str_format(arena, "\"%.*s\"", BP_ARG(value->text)));
    } else if (typing->want == BP_WANT_MINUTE && value->kind == BP_AST_INT && value->number >= 0 &&
               value->number < 60) {
        replace(typing, expr, finding, bp_str_format(arena, ":%02d", (int)value->number));
    }
}

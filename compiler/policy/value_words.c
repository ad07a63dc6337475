/*
 * The words and calls that a place takes: for messages, for suggestions, and to tell a misspelt
 * word from a value of another kind.
 */
#include "compiler/facts/facts.h"
#include "compiler/policy/elaborate.h"

enum { PATTERN_WORDS = 64 };

/* By bp_want: what a place takes, in words; its closed list of words; its calls. */
static const struct {
    const char *says;
    const char *words; /* blank-separated */
    const char *calls;
} wants[BP_WANT_COUNT] = {
    [BP_WANT_STRING] = {"a text in quotes", "", ""},
    [BP_WANT_INT] = {"a whole number", "", ""},
    [BP_WANT_SWITCH] = {"on or off", "on off true false", ""},
    [BP_WANT_DURATION] = {"a duration such as 35d or 8h", "", ""},
    [BP_WANT_MINUTES] = {"a duration such as 8h or 90m", "", ""},
    [BP_WANT_DAYS] = {"a duration in days or weeks such as 35d", "never", ""},
    [BP_WANT_HOURS] = {"a number of hours such as 6h", "", ""},
    [BP_WANT_TIME] = {"a time such as 05:00", "", ""},
    [BP_WANT_MINUTE] = {"a minute such as :15", "", ""},
    [BP_WANT_MONTHDAY] = {"a day of the month, 1 to 31, or last", "last", ""},
    [BP_WANT_WEEKDAY] = {"weekdays: mon tue wed thu fri sat sun", "mon tue wed thu fri sat sun",
                         ""},
    [BP_WANT_SCHEDULE] = {"a schedule such as daily(05:00)", "",
                          "hourly every daily weekly monthly cron"},
    [BP_WANT_REGION] = {"a Region such as eu-west-1", "", ""},
    [BP_WANT_VAULT] = {"a vault such as vault(\"main\")", "", "vault arn"},
    [BP_WANT_VAULT_NAME] = {"a vault such as vault(\"main\")", "", "vault"},
    [BP_WANT_AIR_GAPPED] = {"a vault such as vault(\"gap\")", "", "vault arn"},
    [BP_WANT_DESTINATION] = {"a vault with its Region such as vault(\"dr\") in eu-west-1", "",
                             "vault arn"},
    [BP_WANT_ROLE] = {"a role such as role(\"backup\")", "", "role arn"},
    [BP_WANT_ACCOUNT] = {"an account such as account(\"111122223333\")", "", "account"},
    [BP_WANT_TARGET] = {"targets: root, ou(\"Path\"), account(\"name\")", "root", "ou account"},
    [BP_WANT_SOURCE] = {"sources: organization, ou(\"Path\"), account(\"name\")",
                        "organization root", "ou account"},
    [BP_WANT_PATTERN] = {"resource types such as ebs, or all", "", "arn"},
    [BP_WANT_PROTECTED] = {"resource types such as rds or aurora", "", "arn"},
    [BP_WANT_CONDITION] = {"conditions such as string_equals(\"aws:ResourceTag/env\", \"prod\")",
                           "", "string_equals string_not_equals string_like string_not_like"},
    [BP_WANT_TAGS] = {"tags such as {owner: \"platform\"}", "", ""},
    [BP_WANT_CHOICE] = {"a word of its list", "", ""},
    [BP_WANT_ENCRYPTION] = {"customer_managed, aws_managed or arn(\"...\")",
                            "customer_managed aws_managed", "arn"},
    [BP_WANT_LOCK] = {"a lock such as governance(min: 7d, max: 365d)", "", "governance compliance"},
    [BP_WANT_ARN] = {"an ARN: arn(\"...\")", "", "arn"},
};

const char *
bp_want_words(bp_want want)
{
    return want < BP_WANT_COUNT ? wants[want].says : "a value";
}

const char *
bp_want_calls(bp_want want)
{
    return want < BP_WANT_COUNT && wants[want].calls != NULL ? wants[want].calls : "";
}

/* The next blank-separated word of a list. */
static bool
next_word(bp_str *rest, bp_str *word)
{
    size_t end = bp_str_find(*rest, ' ');
    *word = bp_str_cut(*rest, 0, end);
    *rest = bp_str_cut(*rest, end + 1, rest->size);
    return word->size > 0;
}

bool
bp_choice_text(const char *choices, bp_str word, bp_str *text)
{
    bp_str rest = bp_str_of(choices);
    bp_str choice;
    while (next_word(&rest, &choice)) {
        size_t sign = bp_str_find(choice, '=');
        if (bp_str_equal(bp_str_cut(choice, 0, sign), word)) {
            *text = bp_str_cut(choice, sign + 1, choice.size);
            return true;
        }
    }
    return false;
}

void
bp_choice_offer(bp_elab *elab, const char *choices, bp_suggester *suggester)
{
    bp_str rest = bp_str_of(choices);
    bp_str choice;
    while (next_word(&rest, &choice)) {
        bp_offer(elab, suggester, bp_str_cut(choice, 0, bp_str_find(choice, '=')));
    }
}

bp_str
bp_choice_list(bp_arena *arena, const char *choices)
{
    bp_buf text = {.arena = arena};
    bp_str rest = bp_str_of(choices);
    bp_str choice;
    while (next_word(&rest, &choice)) {
        bp_buf_add_c(&text, text.size == 0 ? "" : ", ");
        bp_buf_add(&text, bp_str_cut(choice, 0, bp_str_find(choice, '=')));
    }
    return bp_buf_text(&text);
}

static const char *
choices_of(const bp_typing *typing)
{
    return typing->want == BP_WANT_CHOICE && typing->row != NULL ? typing->row->choices : "";
}

static bool
takes_types(bp_want want)
{
    return want == BP_WANT_PATTERN || want == BP_WANT_PROTECTED;
}

bool
bp_want_has_word(const bp_typing *typing, bp_str word)
{
    bp_str text;
    if (takes_types(typing->want)) {
        return bp_pattern_of_word(typing->elab->how->facts, word) != NULL ||
               (typing->want == BP_WANT_PROTECTED &&
                bp_type_find(typing->elab->how->facts, word) != NULL);
    }
    return bp_choice_text(wants[typing->want].words, word, &text) ||
           bp_choice_text(choices_of(typing), word, &text);
}

void
bp_want_offer(bp_elab *elab, const bp_typing *typing, bp_suggester *suggester)
{
    bp_choice_offer(elab, wants[typing->want].words, suggester);
    bp_choice_offer(elab, choices_of(typing), suggester);
    if (takes_types(typing->want)) {
        bp_str words[PATTERN_WORDS];
        size_t count = bp_pattern_words(typing->elab->how->facts, words, PATTERN_WORDS);
        for (size_t i = 0; i < count && i < PATTERN_WORDS; i++) {
            bp_offer(elab, suggester, words[i]);
        }
    }
    if (typing->want == BP_WANT_REGION) {
        size_t count = 0;
        const bp_region *rows = bp_regions(typing->elab->how->facts, &count);
        for (size_t i = 0; i < count; i++) {
            bp_offer(elab, suggester, bp_str_of(rows[i].code));
        }
    }
    if (typing->want == BP_WANT_PROTECTED) {
        size_t count = 0;
        const bp_type *rows = bp_types(typing->elab->how->facts, &count);
        for (size_t i = 0; i < count; i++) {
            bp_offer(elab, suggester, bp_str_of(rows[i].id));
        }
    }
}

/* Whether a call of this name gives what some place takes; its want then. */
static bp_want
want_of_call(bp_str name)
{
    bp_str text;
    for (int want = 0; want < BP_WANT_COUNT; want++) {
        if (bp_choice_text(wants[want].calls, name, &text)) {
            return (bp_want)want;
        }
    }
    return BP_WANT_COUNT;
}

static void
offer_names(bp_elab *elab, const bp_env *env, bp_suggester *suggester)
{
    for (size_t i = 0; i < env->count; i++) {
        bp_offer(elab, suggester, env->arguments[i].parameter->name.text);
    }
    const bp_map *constants = env->scope->constants;
    for (size_t i = 0; i < bp_map_count(constants); i++) {
        bp_offer(elab, suggester, bp_map_at(constants, i)->key);
    }
}

static bp_value *
unknown_call(const bp_typing *typing, const bp_expr *expr)
{
    bp_elab *elab = typing->elab;
    bp_str name = expr->value->text;
    if (want_of_call(name) != BP_WANT_COUNT) {
        return bp_type_mismatch(typing, expr);
    }
    bp_finding *finding = bp_fault(elab, "SYN018", expr->value->word, expr->env,
                                   "there is no \"%.*s()\"; %.*s takes %s", BP_ARG(name),
                                   BP_ARG(bp_typing_name(typing)), bp_want_words(typing->want));
    bp_suggester suggester = bp_suggest_start(name);
    bp_choice_offer(elab, wants[typing->want].calls, &suggester);
    bp_suggest_fix(elab, finding, &suggester, expr->value->word, false);
    return bp_value_hole(typing, expr);
}

/* Words outside a closed list: SYN020 shows the list. */
static bp_finding *
outside_list(const bp_typing *typing, const bp_expr *expr)
{
    bp_elab *elab = typing->elab;
    bp_str word = expr->value->text;
    const char *list =
        typing->want == BP_WANT_CHOICE ? choices_of(typing) : wants[typing->want].words;
    if (takes_types(typing->want)) {
        bp_finding *finding = bp_fault(elab, "SYN020", expr->value->span, expr->env,
                                       "\"%.*s\" is no resource type that %.*s takes", BP_ARG(word),
                                       BP_ARG(bp_typing_name(typing)));
        const bp_type *type = bp_type_find(typing->elab->how->facts, word);
        if (type != NULL && type->word[0] != '\0') {
            bp_finding_help(elab->diagnostics, finding,
                            "a policy can select it by the word \"%s\" alone, together with the "
                            "other types of that pattern; \"protects\" takes \"%.*s\"",
                            type->word, BP_ARG(word));
        }
        return finding;
    }
    bp_str choices =
        typing->want == BP_WANT_ENCRYPTION
            ? bp_str_of(bp_want_words(typing->want))
            : bp_choice_list(elab->arena, typing->want == BP_WANT_SWITCH ? "on off" : list);
    return bp_fault(elab, "SYN020", expr->value->span, expr->env,
                    "\"%.*s\" is none of the choices of %.*s: %.*s", BP_ARG(word),
                    BP_ARG(bp_typing_name(typing)), BP_ARG(choices));
}

/* Whether all that a place takes is words of a list. */
static bool
is_closed(const bp_typing *typing)
{
    return typing->want == BP_WANT_SWITCH || typing->want == BP_WANT_CHOICE ||
           typing->want == BP_WANT_WEEKDAY || typing->want == BP_WANT_ENCRYPTION ||
           takes_types(typing->want);
}

/* Words that can be no constant: reserved ones, and Regions. */
static bool
is_no_name(bp_str word)
{
    static const char reserved[] = "on off true false root never last mon tue wed thu fri sat sun";
    bp_str text;
    return bp_choice_text(reserved, word, &text) || bp_str_find(word, '-') < word.size;
}

/* A bare word for a vault or role that the project declares; else the nearest word. */
static void
suggest_meaning(const bp_typing *typing, const bp_expr *expr, const bp_suggester *suggester,
                bp_finding *finding)
{
    bp_elab *elab = typing->elab;
    bp_str word = expr->value->text;
    bool vault = typing->want == BP_WANT_VAULT || typing->want == BP_WANT_VAULT_NAME ||
                 typing->want == BP_WANT_AIR_GAPPED;
    bool role = typing->want == BP_WANT_ROLE;
    bp_str text = {"", 0};
    if ((vault && bp_map_get(elab->program->vault_by_name, word) != NULL) ||
        (role && bp_map_get(elab->program->role_by_name, word) != NULL)) {
        text = bp_str_format(elab->arena, "%s(\"%.*s\")", vault ? "vault" : "role", BP_ARG(word));
    } else {
        bp_suggest_fix(elab, finding, suggester, expr->value->span, false);
        return;
    }
    bp_finding_fix(elab->diagnostics, finding, true, expr->value->span, text, "replace with %.*s",
                   BP_ARG(text));
}

bp_value *
bp_type_unknown(const bp_typing *typing, const bp_expr *expr)
{
    bp_elab *elab = typing->elab;
    const bp_ast_value *value = expr->value;
    if (value->kind == BP_AST_CALL) {
        return unknown_call(typing, expr);
    }
    bool closed = is_closed(typing);
    if (value->kind != BP_AST_WORD || (!closed && is_no_name(value->text))) {
        return bp_type_mismatch(typing, expr);
    }
    bp_suggester suggester = bp_suggest_start(value->text);
    bp_want_offer(elab, typing, &suggester);
    offer_names(elab, expr->env, &suggester);
    if (expr->env->scope->holes && suggester.nearness == BP_NEAR_NOT && !closed) {
        return bp_value_hole(typing, expr); /* it may stand where the file could not be read */
    }
    bp_finding *finding =
        closed ? outside_list(typing, expr)
               : bp_fault(elab, "SYN018", value->span, expr->env,
                          "no constant or parameter is called \"%.*s\"; %.*s takes %s",
                          BP_ARG(value->text), BP_ARG(bp_typing_name(typing)),
                          bp_want_words(typing->want));
    suggest_meaning(typing, expr, &suggester, finding);
    return bp_value_hole(typing, expr);
}

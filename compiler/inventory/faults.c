/*
 * Findings about dumps: the place in a stream that is not kept, the reason by its number, and the
 * way out. Also the forms of ids: ids are compared as they are written, never repaired.
 */
#include "compiler/inventory/survey_parts.h"

#include "compiler/facts/ids.h"

#include <string.h>

bp_span
bp_dump_here(bp_dump *dump)
{
    return bp_json_place(dump->reader, dump->survey->sources, dump->path, dump->last.span);
}

void
bp_dump_point(bp_dump *dump, const bp_value *value)
{
    if (value->there) {
        dump->last.span = value->span;
    }
}

static bp_finding *finish(bp_survey *survey, bp_finding *finding, const char *reason,
                          const char *format, va_list arguments)
    __attribute__((format(printf, 4, 0)));

static bp_finding *
finish(bp_survey *survey, bp_finding *finding, const char *reason, const char *format,
       va_list arguments)
{
    survey->findings++;
    finding->aws = BP_AWS_NONE;
    finding->message = bp_str_vformat(survey->arena, format, arguments);
    bp_finding_note(survey->list, finding, "reason %s", reason);
    return finding;
}

static bp_tally *
tally_of(bp_survey *survey, const char *code, const char *reason)
{
    size_t i = 0;
    while (i + 1 < BP_REASONS_MAX && survey->tallies[i].reason != NULL &&
           (strcmp(survey->tallies[i].reason, reason) != 0 ||
            strcmp(survey->tallies[i].code, code) != 0)) {
        i++;
    }
    if (survey->tallies[i].reason == NULL) {
        survey->tallies[i].reason = reason;
        survey->tallies[i].code = code;
    }
    return &survey->tallies[i];
}

void
bp_survey_tell_rest(bp_survey *survey, bp_str path)
{
    for (size_t i = 0; i < BP_REASONS_MAX && survey->tallies[i].reason != NULL; i++) {
        bp_tally *tally = &survey->tallies[i];
        size_t untold = tally->untold;
        tally->in_file = 0;
        tally->untold = 0;
        if (untold > 0) {
            bp_finding *finding =
                bp_survey_report(survey, tally->code, tally->reason, path,
                                 "%zu more findings of this kind in the file", untold);
            finding->severity = tally->last == NULL ? finding->severity : tally->last->severity;
        }
    }
}

void
bp_survey_help(bp_survey *survey, bp_finding *finding, const char *format, ...)
{
    va_list arguments;
    if (finding == &survey->untold) {
        return;
    }
    va_start(arguments, format);
    bp_str text = bp_str_vformat(survey->arena, format, arguments);
    va_end(arguments);
    *bp_vec_add(survey->arena, &finding->help) = text;
}

bp_finding *
bp_dump_report(bp_dump *dump, const char *code, const char *reason, const char *format, ...)
{
    va_list arguments;
    bp_tally *tally = tally_of(dump->survey, code, reason);
    if (tally->in_file++ >= BP_TOLD_IN_A_FILE || tally->at_all++ >= BP_TOLD_AT_ALL) {
        tally->untold++;
        return &dump->survey->untold;
    }
    bp_span span = bp_dump_here(dump);
    va_start(arguments, format);
    bp_finding *finding = finish(dump->survey, bp_report(dump->survey->list, code, span, "%s", ""),
                                 reason, format, arguments);
    va_end(arguments);
    tally->last = finding;
    return finding;
}

bp_finding *
bp_survey_report(bp_survey *survey, const char *code, const char *reason, bp_str path,
                 const char *format, ...)
{
    va_list arguments;
    bp_span span = BP_NOWHERE;
    if (path.size > 0) {
        const bp_source *source =
            bp_sources_add_part(survey->sources, path, BP_STR(""), (bp_position){1, 1});
        span = bp_span_of(source, 0, 0);
    }
    va_start(arguments, format);
    bp_finding *finding =
        finish(survey, bp_report(survey->list, code, span, "%s", ""), reason, format, arguments);
    va_end(arguments);
    return finding;
}

/* Lower-case letters and digits, between `least` and `most` of them. */
static bool
is_word(bp_str text, size_t least, size_t most)
{
    for (size_t i = 0; i < text.size; i++) {
        bool lower = text.at[i] >= 'a' && text.at[i] <= 'z';
        if (!lower && !bp_is_digit(text.at[i])) {
            return false;
        }
    }
    return text.size >= least && text.size <= most;
}

bool
bp_is_org_id(bp_str text)
{
    return bp_str_starts(text, BP_STR("o-")) && is_word(bp_str_cut(text, 2, text.size), 10, 32);
}

bool
bp_is_target_id(bp_str text)
{
    if (bp_str_starts(text, BP_STR("r-"))) {
        return is_word(bp_str_cut(text, 2, text.size), 4, 32);
    }
    if (bp_str_starts(text, BP_STR("ou-"))) {
        bp_str rest = bp_str_cut(text, 3, text.size);
        size_t dash = bp_str_find(rest, '-');
        return is_word(bp_str_cut(rest, 0, dash), 4, 32) &&
               is_word(bp_str_cut(rest, dash + 1, rest.size), 8, 32);
    }
    return bp_is_account_id(text);
}

bool
bp_is_policy_id(bp_str text)
{
    if (!bp_str_starts(text, BP_STR("p-"))) {
        return false;
    }
    bp_str rest = bp_str_cut(text, 2, text.size);
    for (size_t i = 0; i < rest.size; i++) {
        if (!bp_is_alnum(rest.at[i]) && rest.at[i] != '_') {
            return false;
        }
    }
    return rest.size >= 8 && rest.size <= 128;
}

/* ---- what a dump is about */

typedef struct about {
    unsigned bit;
    const char *key;
    const char *example;
    const char *option; /* of the call */
} about;

static const about abouts[] = {
    {BP_ABOUT_ACCOUNT, "account", "222233334444", NULL},
    {BP_ABOUT_REGION, "region", "eu-west-1", "--region"},
    {BP_ABOUT_PARENT, "parent", "r-ab12", "--parent-id"},
    {BP_ABOUT_TARGET, "target", "ou-ab12-prod0001", NULL},
    {BP_ABOUT_POLICY, "policy", "p-examplebp1", "--policy-id"},
    {BP_ABOUT_ROLE, "role", "backup", "--role-name"},
    {BP_ABOUT_VAULT, "vault", "daily", "--backup-vault-name"},
    {BP_ABOUT_STACK_SET, "stack_set", "vaults", "--stack-set-name"},
};

enum { ABOUTS = sizeof abouts / sizeof abouts[0] };

static bp_str
said(const bp_dump *dump, unsigned bit)
{
    switch (bit) {
    case BP_ABOUT_ACCOUNT:
        return dump->account;
    case BP_ABOUT_REGION:
        return dump->region_code;
    case BP_ABOUT_PARENT:
        return dump->parent;
    case BP_ABOUT_TARGET:
        return dump->target;
    case BP_ABOUT_POLICY:
        return dump->policy;
    case BP_ABOUT_ROLE:
        return dump->role;
    case BP_ABOUT_VAULT:
        return dump->vault;
    default:
        return dump->stack_set;
    }
}

bp_str
bp_dump_call(bp_dump *dump)
{
    bp_buf call = {.arena = dump->scratch};
    const char *command = dump->row == NULL ? "the call" : dump->row->command;
    bp_str words = bp_str_of(command);
    size_t dot = bp_str_find(words, '.');
    if (dump->row != NULL) {
        bp_buf_add_c(&call, "aws ");
    }
    bp_buf_add(&call, bp_str_cut(words, 0, dot));
    if (dot < words.size) {
        bp_buf_add_char(&call, ' ');
        bp_buf_add(&call, bp_str_cut(words, dot + 1, words.size));
    }
    unsigned needs = dump->row == NULL ? 0 : dump->row->needs;
    for (size_t i = 0; i < ABOUTS; i++) {
        bp_str value = said(dump, abouts[i].bit);
        if ((needs & abouts[i].bit) == 0 || value.size == 0) {
            continue;
        }
        const char *option = abouts[i].option;
        if (abouts[i].bit == BP_ABOUT_TARGET) {
            option = bp_dump_kind_of(dump->row) == BP_DUMP_TAGS ? "--resource-id" : "--target-id";
        }
        if (abouts[i].bit == BP_ABOUT_ACCOUNT && bp_dump_kind_of(dump->row) == BP_DUMP_REGIONS) {
            option = "--account-id";
        }
        if (option != NULL) {
            bp_buf_format(&call, " %s %.*s", option, BP_ARG(value));
        }
    }
    if (dump->row != NULL && (bp_dump_kind_of(dump->row) == BP_DUMP_POLICIES ||
                              bp_dump_kind_of(dump->row) == BP_DUMP_ATTACHED)) {
        bp_buf_add_c(&call, " --filter BACKUP_POLICY");
    }
    if ((needs & BP_ABOUT_ACCOUNT) != 0 && dump->account.size > 0) {
        bp_buf_format(&call, " in account %.*s", BP_ARG(dump->account));
    }
    return bp_buf_text(&call);
}

bool
bp_dump_says(const bp_dump *dump, unsigned needs)
{
    for (size_t i = 0; i < ABOUTS; i++) {
        if ((needs & abouts[i].bit) != 0 && said(dump, abouts[i].bit).size == 0) {
            return false;
        }
    }
    return true;
}

bool
bp_dump_addressed(bp_dump *dump, unsigned needs)
{
    bp_buf lacks = {.arena = dump->scratch};
    bp_buf wrapper = {.arena = dump->scratch};
    if (dump->spoiled || bp_dump_says(dump, dump->row->needs & needs)) {
        return true; /* spoiled: told already; the unit is not entered as known */
    }
    bp_buf_format(&wrapper, "{\"dump\": \"%s\"", dump->row->command);
    for (size_t i = 0; i < ABOUTS; i++) {
        bp_str value = said(dump, abouts[i].bit);
        if ((dump->row->needs & abouts[i].bit) == 0) {
            continue;
        }
        if (value.size == 0 && (needs & abouts[i].bit) != 0) {
            bp_buf_format(&lacks, "%s\"%s\"", lacks.size == 0 ? "" : " and ", abouts[i].key);
        }
        bp_buf_format(&wrapper, ", \"%s\": \"%.*s\"", abouts[i].key,
                      BP_ARG(value.size == 0 ? bp_str_of(abouts[i].example) : value));
    }
    bp_buf_add_c(&wrapper, ", \"data\": …}");
    bp_finding *finding =
        bp_dump_report(dump, "IMP011", "IMP013", "answer of %s that does not say its %.*s",
                       dump->row->command, BP_ARG(bp_buf_text(&lacks)));
    bp_survey_help(dump->survey, finding, "wrap it: %.*s", BP_ARG(bp_buf_text(&wrapper)));
    dump->spoiled = true;
    return false;
}

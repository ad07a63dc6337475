/*
 * `backpol explain`: what a rule means, by its code or slug, from the page compiled in for it; or
 * what a schedule says (explain_schedule.c).
 */
#include "compiler/cli/run.h"
#include "lib/suggest.h"

#include <string.h>

static const bp_rule *
find_rule(bp_str word, bp_str *nearest)
{
    size_t count = 0;
    const bp_rule *rules = bp_check_rules(&count);
    bp_suggester suggester = bp_suggest_start(word);
    for (size_t i = 0; i < count; i++) {
        bp_str code = bp_str_of(rules[i].code);
        bp_str slug = bp_str_of(rules[i].slug);
        if (bp_str_equal_folded(word, code) || bp_str_equal_folded(word, slug)) {
            return &rules[i];
        }
        bp_suggest_offer(&suggester, code);
        bp_suggest_offer(&suggester, slug);
    }
    *nearest = suggester.best;
    return NULL;
}

static const char *
verdict_sentence(bp_verdict verdict)
{
    switch (verdict) {
    case BP_AWS_NONE:
        return "concerns the source or the tool, not AWS";
    case BP_AWS_REJECTS:
        return "refuses it when the policy or stack set is created";
    case BP_AWS_INVALID_EFFECTIVE:
        return "accepts the policy; then the effective policy of the account is invalid";
    case BP_AWS_JOB_FAILS:
        return "accepts the policy; then backups or copies do not happen";
    case BP_AWS_ACCEPTS:
        return "accepts it, and it works; it is likely not what you want";
    case BP_AWS_UNKNOWN:
        return "has not been seen in this case";
    }
    return "";
}

/* Without its title and first sentence, which stand above it here. */
static void
print_page(bp_run *run, const bp_rule *rule)
{
    const char *text = bp_check_explanation(bp_str_of(rule->code));
    const char *parts = text == NULL ? NULL : strstr(text, "\n## ");
    if (parts != NULL) {
        bp_output_text(run->out, parts);
    }
}

int
bp_command_explain(bp_run *run)
{
    const char *schedule = bp_option_value(&run->line, BP_OPTION_SCHEDULE);
    if (schedule != NULL && run->line.words.count == 0) {
        return bp_explain_schedule(run, bp_str_of(schedule));
    }
    if (schedule != NULL) {
        return bp_run_usage(run, "explain takes either a rule or --schedule");
    }
    if (run->line.words.count != 1) {
        return bp_run_usage(run, "explain takes one code or slug, such as NAM002");
    }
    bp_str word = bp_str_of(run->line.words.at[0]);
    bp_str nearest = {0};
    const bp_rule *rule = find_rule(word, &nearest);
    if (rule == NULL && nearest.size > 0) {
        return bp_run_usage(run, "no rule is called \"%.*s\"; did you mean \"%.*s\"?", BP_ARG(word),
                            BP_ARG(nearest));
    }
    if (rule == NULL) {
        return bp_run_usage(run, "no rule is called \"%.*s\"; backpol rules lists them",
                            BP_ARG(word));
    }
    bp_output_format(run->out, "%s %s (%s)\n%s\n\naws: %s\n", rule->code, rule->slug,
                     bp_severity_name(rule->severity), rule->summary, verdict_sentence(rule->aws));
    print_page(run, rule);
    return BP_EXIT_NOTHING;
}

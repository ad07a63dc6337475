/* `backpol rules`: the rule table with the levels that hold in this project, as text or json. */
#include "compiler/cli/run.h"
#include "lib/json_write.h"

static bool
is_locked(const bp_session *session, const bp_rule *rule)
{
    bp_span where = BP_NOWHERE;
    return bp_review_locked(session->manifest, rule, &where);
}

static void
print_text(bp_run *run, const bp_session *session, const bp_rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const bp_rule *rule = &rules[i];
        bp_severity level = bp_diagnostics_level_of(session->diagnostics, rule);
        bp_output_format(run->out, "%-7s %-8s %-26s %s", rule->code, bp_severity_name(level),
                         rule->slug, rule->summary);
        if (level != rule->severity) {
            bp_output_format(run->out, "  [usually %s]", bp_severity_name(rule->severity));
        }
        bp_output_text(run->out, is_locked(session, rule) ? "  [locked]\n" : "\n");
    }
    if (session->manifest->overrides.count > 0) {
        bp_output_text(run->out, "below some OUs other levels hold: overrides of the manifest\n");
    }
}

static void
print_json(bp_run *run, const bp_session *session, const bp_rule *rules, size_t count)
{
    bp_json *document = bp_json_object(run->arena);
    bp_json_put_c(document, "format_version", "1.0");
    bp_json *list = bp_json_put_array(document, "rules");
    for (size_t i = 0; i < count; i++) {
        const bp_rule *rule = &rules[i];
        bp_json *row = bp_json_push_object(list);
        bp_json_put_c(row, "code", rule->code);
        bp_json_put_c(row, "slug", rule->slug);
        bp_json_put_c(row, "severity", bp_severity_name(rule->severity));
        bp_json_put_c(row, "level",
                      bp_severity_name(bp_diagnostics_level_of(session->diagnostics, rule)));
        bp_json_put_bool(row, "locked", is_locked(session, rule));
        bp_json_put_c(row, "aws", bp_verdict_name(rule->aws));
        bp_json_put_c(row, "scope", rule->over);
        bp_json_put_c(row, "summary", rule->summary);
        bp_json_put_c(row, "since", rule->since);
    }
    bp_output_str(run->out, bp_json_print(run->arena, document, BP_JSON_PRETTY));
    bp_output_text(run->out, "\n");
}

int
bp_command_rules(bp_run *run)
{
    size_t count = 0;
    const bp_rule *rules = bp_check_rules(&count);
    const char *format = bp_option_value(&run->line, BP_OPTION_FORMAT);
    if (run->line.words.count > 0) {
        return bp_run_usage(run,
                            "rules takes no argument; to read about one rule: backpol explain "
                            "%s",
                            run->line.words.at[0]);
    }
    bool as_json = format != NULL && bp_str_is(bp_str_of(format), "json");
    if (format != NULL && !as_json && !bp_str_is(bp_str_of(format), "text")) {
        return bp_run_usage(run, "rules is printed as text or json, not \"%s\"", format);
    }
    const bp_session *session = bp_project_levels(run);
    if (session == NULL) {
        return BP_EXIT_CANNOT;
    }
    if (as_json) {
        print_json(run, session, rules, count);
    } else {
        print_text(run, session, rules, count);
    }
    return BP_EXIT_NOTHING;
}

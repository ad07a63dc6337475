/*
 * `backpol explain --schedule`: one cron expression, or schedule call of the language, in words,
 * what AWS says to it at this instant, and when it runs next. It judges as the checks of a policy
 * do, but has no policy to point into.
 */
#include "compiler/cli/run.h"
#include "compiler/policy/schedule.h"
#include "grammar/parser.h"
#include "lib/calendar.h"

enum { RUNS = 5 };

static const char *
fault_code(bp_schedule_fault fault)
{
    switch (fault) {
    case BP_SCHEDULE_GOOD:
    case BP_SCHEDULE_FORM:
        return "SCH001";
    case BP_SCHEDULE_RANGE:
        return "SCH002";
    case BP_SCHEDULE_DAY_FIELDS:
        return "SCH003";
    }
    return "SCH001";
}

static int
print_fault(bp_run *run, const bp_schedule *schedule)
{
    bp_output_format(run->out, "error[%s]: %.*s\n", fault_code(schedule->fault),
                     BP_ARG(schedule->message));
    if (schedule->help.size > 0) {
        bp_output_format(run->out, "help: %.*s\n", BP_ARG(schedule->help));
    }
    return BP_EXIT_FOUND;
}

static void
print_runs(bp_run *run, const bp_schedule *schedule)
{
    int64_t at = run->as_of;
    for (int i = 0; i < RUNS && bp_schedule_next(schedule, at, &at); i++) {
        bp_output_format(run->out, "%s  %.*s\n", i == 0 ? "next" : "    ",
                         BP_ARG(bp_instant_text(run->arena, at)));
    }
}

static int
print_verdict(bp_run *run, const bp_schedule *schedule)
{
    int64_t first;
    int64_t second;
    int64_t last;
    bp_cadence cadence = bp_schedule_cadence(schedule, run->as_of, &first, &second, &last);
    long long apart = (long long)(second - first) / 60;
    switch (cadence) {
    case BP_CADENCE_FINE:
        return BP_EXIT_NOTHING;
    case BP_CADENCE_NEVER:
        bp_output_text(run->out, "error[SCH004]: fewer than two runs ahead; AWS refuses this\n");
        return BP_EXIT_FOUND;
    case BP_CADENCE_TOO_FREQUENT:
        bp_output_format(run->out,
                         "error[SCH011]: next two runs %lld minute%s apart; AWS refuses less than "
                         "60\n",
                         apart, bp_plural(apart));
        return BP_EXIT_FOUND;
    case BP_CADENCE_BY_CHANCE:
        bp_output_format(run->out,
                         "warning[SCH011]: the runs of %.*s and %.*s are less than 60 minutes "
                         "apart; AWS refuses the schedule when they are the next two\n",
                         BP_ARG(bp_instant_text(run->arena, first)),
                         BP_ARG(bp_instant_text(run->arena, second)));
        return BP_EXIT_NOTHING;
    }
    return BP_EXIT_NOTHING;
}

static const bp_ast_file *
no_include(void *context, bp_str path, bp_span from)
{
    (void)context;
    (void)path;
    (void)from;
    return NULL;
}

/* Reads a call such as daily(05:00), by compiling a rule that has it. False when it is none; why is
 * not told, since a cron expression is what people mean mostly. */
static bool
expression_of_call(bp_run *run, bp_str call, bp_str *expression)
{
    size_t count = 0;
    const bp_rule *rules = bp_check_rules(&count);
    bp_sources *sources = bp_sources_new(run->arena);
    bp_diagnostics *list = bp_diagnostics_new(run->arena, sources, rules, count);
    bp_str text = bp_str_format(run->arena,
                                "edition 1\npolicy \"p\" {\nplan \"q\" {\nrule \"r\" {\n"
                                "schedule = %.*s\n}\n}\n}\n",
                                BP_ARG(call));
    const bp_source *source = bp_sources_add(sources, BP_STR("schedule"), text);
    const bp_ast_file *file = bp_parse(run->arena, list, source);
    bp_elaboration how = {
        .arena = run->arena, .diagnostics = list, .includer = {.load = no_include}};
    bp_program *program = NULL;
    return bp_elaborate(&how, &file, 1, &program) && !bp_diagnostics_has(list, BP_ERROR) &&
           program->policies.count == 1 &&
           bp_node_text(program->policies.at[0]->document, "plans/q/rules/r/schedule_expression",
                        expression);
}

int
bp_explain_schedule(bp_run *run, bp_str text)
{
    bp_str written = text;
    bp_schedule schedule = bp_schedule_parse(run->arena, text);
    if (schedule.fault != BP_SCHEDULE_GOOD && expression_of_call(run, text, &written)) {
        schedule = bp_schedule_parse(run->arena, written);
    }
    bp_output_format(run->out, "%.*s\n", BP_ARG(written));
    if (schedule.fault != BP_SCHEDULE_GOOD) {
        return print_fault(run, &schedule);
    }
    bp_output_format(run->out, "%.*s\n",
                     BP_ARG(bp_schedule_told(run->arena, &schedule, run->as_of)));
    if (schedule.seventh_field) {
        bp_output_text(run->out, "warning[SCH001]: AWS does not read what stands behind the sixth "
                                 "field\n");
    }
    int code = print_verdict(run, &schedule);
    print_runs(run, &schedule);
    return code;
}

/*
 * `backpol explain --schedule`: one cron expression in words, what AWS says to it at this instant,
 * and when it runs next. It judges as the checks of a policy do, but has no policy to point into.
 */
#include "compiler/cli/run.h"
#include "compiler/policy/schedule.h"
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
                         apart, apart == 1 ? "" : "s");
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

int
bp_explain_schedule(bp_run *run, bp_str text)
{
    bp_schedule schedule = bp_schedule_parse(run->arena, text);
    bp_output_format(run->out, "%.*s\n", BP_ARG(text));
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

/*
 * `backpol inventory PART`: chooses the part, and refuses options that belong to another one. What
 * the parts do stands in inventory_*.c.
 */
#include "compiler/cli/inventory.h"

#include "lib/suggest.h"

#define OWN(option) ((uint64_t)1 << BP_OPTION_##option)

typedef struct part {
    const char *name;
    bp_command *function;
    const char *arguments;
    const char *help;
    uint64_t own; /* bits of its options */
} part;

static const part parts[] = {
#define PART(name, function, arguments, own, help) {name, function, arguments, help, own},
#include "compiler/cli/inventory.def"
};

_Static_assert(BP_OPTION_COUNT <= 64, "a bit for each option");

enum { PARTS = sizeof parts / sizeof parts[0] };

static const part *
find_part(bp_str word)
{
    for (size_t i = 0; i < PARTS; i++) {
        if (bp_str_is(word, parts[i].name)) {
            return &parts[i];
        }
    }
    return NULL;
}

/* Says which parts there are. */
static int
refuse_part(bp_run *run, bp_str word)
{
    bp_suggester nearest = bp_suggest_start(word);
    bp_buf names = {.arena = run->arena};
    for (size_t i = 0; i < PARTS; i++) {
        bp_suggest_offer(&nearest, bp_str_of(parts[i].name));
        bp_buf_format(&names, "%s%s", i == 0 ? "" : ", ", parts[i].name);
    }
    if (word.size == 0) {
        return bp_run_usage(run, "inventory needs a word: %.*s", BP_ARG(bp_buf_text(&names)));
    }
    if (nearest.best.size > 0) {
        return bp_run_usage(run, "unknown word \"%.*s\" of inventory; did you mean \"%.*s\"?",
                            BP_ARG(word), BP_ARG(nearest.best));
    }
    return bp_run_usage(run, "unknown word \"%.*s\" of inventory; there are: %.*s", BP_ARG(word),
                        BP_ARG(bp_buf_text(&names)));
}

static bool
options_fit(bp_run *run, const part *chosen)
{
    const bp_option_row *rows = bp_option_rows();
    for (size_t i = 0; i < run->line.options.count; i++) {
        bp_option_id option = run->line.options.at[i].id;
        bool takes = (chosen->own >> option & 1) != 0;
        if (rows[option].commands != ~0u && !takes) {
            bp_run_usage(run, "option --%s does not belong to \"inventory %s\"", rows[option].name,
                         chosen->name);
            return false;
        }
    }
    return true;
}

int
bp_command_inventory(bp_run *run)
{
    bp_str word = bp_str_of(run->line.words.count == 0 ? NULL : run->line.words.at[0]);
    const part *chosen = find_part(word);
    if (chosen == NULL) {
        return refuse_part(run, word);
    }
    run->line.words.at++;
    run->line.words.count--;
    return options_fit(run, chosen) ? chosen->function(run) : BP_EXIT_CANNOT;
}

void
bp_inventory_help(bp_output *out)
{
    for (size_t i = 0; i < PARTS; i++) {
        bp_output_format(out, "  %-10s %-22s %s\n", parts[i].name, parts[i].arguments,
                         parts[i].help);
    }
}

/*
 * Findings of elaboration: how they are worded together, where a template's use is shown, and the
 * budget for suggestions, so that ten thousand misspelt names cost no more than the first few.
 */
#include "compiler/policy/elaborate.h"

enum { SHOWN_BYTES = 40 };

bp_finding *
bp_fault(bp_elab *elab, const char *code, bp_span span, const bp_env *env, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bp_str message = bp_str_vformat(elab->arena, format, arguments);
    va_end(arguments);
    bp_finding *finding = bp_report(elab->diagnostics, code, span, "%.*s", BP_ARG(message));
    finding->by_text = true;
    if (env != NULL && bp_span_exists(env->uses)) {
        bp_finding_label(elab->diagnostics, finding, env->uses, "used here");
    }
    return finding;
}

bp_str
bp_shown(bp_elab *elab, bp_span span)
{
    bp_str text = bp_span_text(bp_diagnostics_sources(elab->diagnostics), span);
    size_t line = bp_str_find(text, '\n');
    if (text.size <= SHOWN_BYTES && line == text.size) {
        return text;
    }
    size_t end = line < SHOWN_BYTES ? line : SHOWN_BYTES;
    while (end > 0 && ((unsigned char)text.at[end] & 0xC0) == 0x80) {
        end--;
    }
    return bp_str_format(elab->arena, "%.*s...", BP_ARG(bp_str_trim(bp_str_cut(text, 0, end))));
}

void
bp_offer(bp_elab *elab, bp_suggester *suggester, bp_str word)
{
    if (elab->words_offered < BP_SUGGESTION_WORDS) {
        elab->words_offered++;
        bp_suggest_offer(suggester, word);
    }
}

void
bp_suggest_fix(bp_elab *elab, bp_finding *finding, const bp_suggester *suggester, bp_span span,
               bool quote)
{
    if (suggester->nearness == BP_NEAR_NOT) {
        return;
    }
    const char *mark = quote ? "\"" : "";
    bp_str text = bp_str_format(elab->arena, "%s%.*s%s", mark, BP_ARG(suggester->best), mark);
    bool safe = suggester->nearness == BP_NEAR_CASE || suggester->nearness == BP_NEAR_LOOSE;
    bp_finding_help(elab->diagnostics, finding, "did you mean \"%.*s\"?", BP_ARG(suggester->best));
    bp_finding_fix(elab->diagnostics, finding, safe, span, text, "replace with %.*s", BP_ARG(text));
}

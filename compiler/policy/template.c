/*
 * Templates: `uses NAME(arg: value)` to the layers of a block, arguments checked against the types
 * of their parameters.
 *
 * An argument is checked where it is written, once; what stands inside the template is checked
 * against the parameter's type. So either the template or its user is at fault, never both.
 */
#include "compiler/policy/elaborate.h"

static bool
type_argument(bp_elab *elab, const bp_ast_parameter *parameter, const bp_ast_value *value,
              const bp_env *env)
{
    bp_want want = bp_type_want(parameter->type.text);
    if (want == BP_WANT_COUNT || value == NULL) {
        return false;
    }
    bp_typing typing = {.elab = elab, .want = want};
    typing.what = bp_str_c(elab->arena, bp_str_format(elab->arena, "the parameter \"%.*s\"",
                                                      BP_ARG(parameter->name.text)));
    typing.place = parameter->name.span;
    return bp_type_check(&typing, value, env, parameter->list);
}

static const bp_ast_entry *
find_entry(const bp_ast_entries *entries, bp_str name)
{
    for (size_t i = 0; i < entries->count; i++) {
        if (bp_str_equal(entries->at[i].key.text, name)) {
            return &entries->at[i];
        }
    }
    return NULL;
}

static void
unknown_argument(bp_elab *elab, const bp_ast_item *template, const bp_ast_entry *entry,
                 const bp_env *env)
{
    if (entry->key.text.size == 0) {
        if (entry->value != NULL) {
            bp_fault(elab, "SYN018", entry->value->span, env,
                     "an argument without its name; arguments of a template are named");
        }
        return;
    }
    bp_finding *finding = bp_fault(elab, "SYN018", entry->key.span, env,
                                   "the template \"%.*s\" has no parameter \"%.*s\"",
                                   BP_ARG(template->name.text), BP_ARG(entry->key.text));
    bp_finding_label(elab->diagnostics, finding, template->name.span, "the template");
    bp_suggester suggester = bp_suggest_start(entry->key.text);
    for (size_t i = 0; i < template->parameters.count; i++) {
        bp_offer(elab, &suggester, template->parameters.at[i].name.text);
    }
    bp_suggest_fix(elab, finding, &suggester, entry->key.span, false);
}

static bool
has_parameter(const bp_ast_item *template, bp_str name)
{
    for (size_t i = 0; i < template->parameters.count; i++) {
        if (bp_str_equal(template->parameters.at[i].name.text, name)) {
            return true;
        }
    }
    return false;
}

/* Whether an argument that no parameter has may stand for the one that is missing: then the
 * misspelt name is the only finding. */
static bool
has_strangers(const bp_ast_item *template, const bp_ast_uses *uses)
{
    for (size_t i = 0; i < uses->arguments.count; i++) {
        if (!has_parameter(template, uses->arguments.at[i].key.text)) {
            return true;
        }
    }
    return false;
}

static void
bind_argument(bp_elab *elab, const bp_definition *template, const bp_ast_uses *uses,
              const bp_env *env, bp_argument *argument)
{
    const bp_ast_parameter *parameter = argument->parameter;
    const bp_ast_entry *entry = find_entry(&uses->arguments, parameter->name.text);
    if (entry != NULL) {
        argument->env = env;
        argument->value = type_argument(elab, parameter, entry->value, env) ? entry->value : NULL;
    } else if (parameter->preset != NULL) {
        argument->env = &template->home->env;
        argument->value = type_argument(elab, parameter, parameter->preset, argument->env)
                              ? parameter->preset
                              : NULL;
    }
}

/* Tells all obligatory arguments that are missing, in one finding. */
static void
report_missing(bp_elab *elab, const bp_ast_item *template, const bp_ast_uses *uses,
               const bp_env *env)
{
    bp_buf names = {.arena = elab->arena};
    bp_span first = BP_NOWHERE;
    size_t count = 0;
    for (size_t i = 0; i < template->parameters.count; i++) {
        const bp_ast_parameter *parameter = &template->parameters.at[i];
        if (parameter->preset != NULL ||
            find_entry(&uses->arguments, parameter->name.text) != NULL) {
            continue;
        }
        bp_buf_format(&names, "%s\"%.*s\"", count == 0 ? "" : ", ", BP_ARG(parameter->name.text));
        first = count++ == 0 ? parameter->name.span : first;
    }
    if (count == 0 || has_strangers(template, uses)) {
        return;
    }
    bp_finding *finding = bp_fault(
        elab, "SYN018", uses->name.span, env, "the template \"%.*s\" lacks the argument%s %.*s",
        BP_ARG(template->name.text), count == 1 ? "" : "s", BP_ARG(bp_buf_text(&names)));
    bp_finding_label(elab->diagnostics, finding, first, "a parameter without default");
}

static bp_env *
bind(bp_elab *elab, const bp_definition *template, const bp_ast_uses *uses, const bp_env *env)
{
    const bp_ast_item *item = template->item;
    bp_argument *arguments =
        bp_arena_array(elab->arena, item->parameters.count + 1, sizeof *arguments);
    for (size_t i = 0; i < uses->arguments.count; i++) {
        if (!has_parameter(item, uses->arguments.at[i].key.text)) {
            unknown_argument(elab, item, &uses->arguments.at[i], env);
        }
    }
    for (size_t i = 0; i < item->parameters.count; i++) {
        arguments[i].parameter = &item->parameters.at[i];
        bind_argument(elab, template, uses, env, &arguments[i]);
    }
    report_missing(elab, item, uses, env);
    bp_env *inner = BP_NEW(elab->arena, bp_env);
    inner->scope = template->home;
    inner->arguments = arguments;
    inner->count = item->parameters.count;
    inner->uses = bp_span_exists(env->uses) ? env->uses : uses->span;
    return inner;
}

static void
unknown_template(bp_elab *elab, const bp_ast_uses *uses, bp_ast_kind kind, const bp_env *env)
{
    bp_suggester suggester = bp_suggest_start(uses->name.text);
    const bp_map *templates = env->scope->templates;
    for (size_t i = 0; i < bp_map_count(templates); i++) {
        const bp_visible *visible = bp_map_at(templates, i)->value;
        if (visible->definition->item->block == kind) {
            bp_offer(elab, &suggester, bp_map_at(templates, i)->key);
        }
    }
    if (env->scope->holes && suggester.nearness == BP_NEAR_NOT) {
        return;
    }
    bp_finding *finding =
        bp_fault(elab, "SYN018", uses->name.span, env,
                 "no %s template is called \"%.*s\"; a file has its own templates "
                 "and those that it includes",
                 bp_ast_kind_name(kind), BP_ARG(uses->name.text));
    bp_suggest_fix(elab, finding, &suggester, uses->name.span, false);
}

/* A chain of templates that use templates, newest last. */
typedef struct chain {
    const bp_definition *at[BP_TEMPLATE_DEPTH];
    size_t count;
} chain;

/* Whether a template is in the chain already. The circle is told at the use that closes it back to
 * its first template in the source, whichever template it was entered by. */
static bool
in_chain(bp_elab *elab, const chain *seen, const bp_definition *template)
{
    size_t start = 0;
    while (start < seen->count && seen->at[start] != template) {
        start++;
    }
    if (start == seen->count) {
        return false;
    }
    size_t length = seen->count - start;
    size_t first = 0;
    for (size_t i = 1; i < length; i++) {
        if (bp_span_compare(seen->at[start + i]->item->name.span,
                            seen->at[start + first]->item->name.span) < 0) {
            first = i;
        }
    }
    const bp_ast_item *last = seen->at[start + (first + length - 1) % length]->item;
    bp_finding *finding = bp_fault(elab, "SYN018", last->uses.name.span, NULL,
                                   "the template \"%.*s\" uses itself; templates do not recur",
                                   BP_ARG(seen->at[start + first]->item->name.text));
    for (size_t i = 0; i + 1 < length; i++) {
        const bp_ast_item *item = seen->at[start + (first + i) % length]->item;
        bp_finding_label(elab->diagnostics, finding, item->uses.name.span, "\"%.*s\" uses this",
                         BP_ARG(item->name.text));
    }
    return true;
}

bool
bp_template_layers(bp_elab *elab, const bp_ast_uses *uses, bp_ast_kind kind, const bp_env *env,
                   bp_layers *layers)
{
    chain seen = {.count = 0};
    bp_layers found = {0}; /* highest first */
    bool whole = true;
    while (uses->written) {
        bp_definition *template = bp_scope_template(env->scope, uses->name.text);
        if (template == NULL) {
            unknown_template(elab, uses, kind, env);
            whole = false;
            break;
        }
        if (template->item->block != kind) {
            bp_finding *finding =
                bp_fault(elab, "SYN018", uses->name.span, env,
                         "\"%.*s\" is a %s template; a %s uses a %s template",
                         BP_ARG(uses->name.text), bp_ast_kind_name(template->item->block),
                         bp_ast_kind_name(kind), bp_ast_kind_name(kind));
            bp_finding_label(elab->diagnostics, finding, template->item->name.span, "defined here");
            whole = false;
            break;
        }
        if (in_chain(elab, &seen, template)) {
            whole = false;
            break;
        }
        if (seen.count == BP_TEMPLATE_DEPTH) {
            if (!elab->deep) {
                bp_fault(elab, "SYN018", uses->name.span, env,
                         "templates use each other over more than %d levels; that is the limit",
                         BP_TEMPLATE_DEPTH);
            }
            elab->deep = true;
            whole = false;
            break;
        }
        seen.at[seen.count++] = template;
        env = bind(elab, template, uses, env);
        if (template->item->body != NULL) {
            *bp_vec_add(elab->work, &found) = (bp_layer){template->item->body, env};
        }
        whole = whole && template->item->body != NULL && !template->home->file->broken;
        uses = &template->item->uses;
    }
    for (size_t i = found.count; i > 0; i--) {
        *bp_vec_add(elab->work, layers) = found.at[i - 1];
    }
    return whole;
}

bp_env *
bp_template_env(bp_elab *elab, const bp_definition *template)
{
    const bp_ast_item *item = template->item;
    bp_argument *arguments =
        bp_arena_array(elab->arena, item->parameters.count + 1, sizeof *arguments);
    for (size_t i = 0; i < item->parameters.count; i++) {
        const bp_ast_parameter *parameter = &item->parameters.at[i];
        arguments[i].parameter = parameter;
        if (parameter->preset != NULL) {
            type_argument(elab, parameter, parameter->preset, &template->home->env);
        }
    }
    bp_env *env = BP_NEW(elab->arena, bp_env);
    env->scope = template->home;
    env->arguments = arguments;
    env->count = item->parameters.count;
    return env;
}

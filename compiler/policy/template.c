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
    } else if (!has_strangers(template->item, uses)) {
        bp_finding *finding =
            bp_fault(elab, "SYN018", uses->name.span, env,
                     "the template \"%.*s\" lacks its argument \"%.*s\"",
                     BP_ARG(template->item->name.text), BP_ARG(parameter->name.text));
        bp_finding_label(elab->diagnostics, finding, parameter->name.span,
                         "a parameter without default");
    }
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

static bool
in_chain(bp_elab *elab, const chain *seen, const bp_definition *template, const bp_ast_uses *uses,
         const bp_env *env)
{
    for (size_t i = 0; i < seen->count; i++) {
        if (seen->at[i] != template) {
            continue;
        }
        bp_finding *finding = bp_fault(elab, "SYN018", uses->name.span, env,
                                       "the template \"%.*s\" uses itself; templates do not recur",
                                       BP_ARG(template->item->name.text));
        for (size_t j = i; j < seen->count; j++) {
            bp_finding_label(elab->diagnostics, finding, seen->at[j]->item->uses.name.span,
                             "\"%.*s\" uses this", BP_ARG(seen->at[j]->item->name.text));
        }
        return true;
    }
    return false;
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
        if (in_chain(elab, &seen, template, uses, env)) {
            whole = false;
            break;
        }
        if (seen.count == BP_TEMPLATE_DEPTH) {
            bp_fault(elab, "SYN018", uses->name.span, env,
                     "templates use each other over more than %d levels; that is the limit",
                     BP_TEMPLATE_DEPTH);
            whole = false;
            break;
        }
        seen.at[seen.count++] = template;
        env = bind(elab, template, uses, env);
        if (template->item->body != NULL) {
            *bp_vec_add(elab->arena, &found) = (bp_layer){template->item->body, env};
        }
        whole = whole && template->item->body != NULL && !template->home->file->broken;
        uses = &template->item->uses;
    }
    for (size_t i = found.count; i > 0; i--) {
        *bp_vec_add(elab->arena, layers) = found.at[i - 1];
    }
    return whole;
}

/* A type that is none. */
static void
check_type(bp_elab *elab, const bp_ast_parameter *parameter)
{
    if (parameter->type.text.size == 0 || bp_type_want(parameter->type.text) != BP_WANT_COUNT) {
        return;
    }
    bp_finding *finding = bp_fault(elab, "SYN018", parameter->type.span, NULL,
                                   "there is no type \"%.*s\"", BP_ARG(parameter->type.text));
    bp_suggester suggester = bp_suggest_start(parameter->type.text);
    bp_type_offer(elab, &suggester);
    bp_suggest_fix(elab, finding, &suggester, parameter->type.span, false);
    bp_finding_help(elab->diagnostics, finding,
                    "types are string int switch duration time schedule region vault role account "
                    "target resource_type condition tags, and [type] for a list");
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
        check_type(elab, parameter);
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

/*
 * Words to values: a bare word is a parameter, else a constant, else a word of the type that is
 * expected. Follows names to what was literally written, and splices lists.
 *
 * Parameters are checked here against the place where they stand: a parameter of another type is a
 * fault of the template, not of its user.
 */
#include "compiler/policy/elaborate.h"

static const struct {
    const char *name;
    bp_want want;
} types[] = {
    {"string", BP_WANT_STRING},       {"int", BP_WANT_INT},
    {"switch", BP_WANT_SWITCH},       {"duration", BP_WANT_DURATION},
    {"time", BP_WANT_TIME},           {"schedule", BP_WANT_SCHEDULE},
    {"region", BP_WANT_REGION},       {"vault", BP_WANT_VAULT},
    {"role", BP_WANT_ROLE},           {"account", BP_WANT_ACCOUNT},
    {"target", BP_WANT_TARGET},       {"resource_type", BP_WANT_PROTECTED},
    {"condition", BP_WANT_CONDITION}, {"tags", BP_WANT_TAGS},
};

bp_want
bp_type_want(bp_str type)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (bp_str_is(type, types[i].name)) {
            return types[i].want;
        }
    }
    return BP_WANT_COUNT;
}

/* The type whose values a place takes, by its general want. */
static bp_want
general(bp_want want)
{
    switch (want) {
    case BP_WANT_MINUTES:
    case BP_WANT_DAYS:
    case BP_WANT_HOURS:
        return BP_WANT_DURATION;
    case BP_WANT_MONTHDAY:
        return BP_WANT_INT;
    case BP_WANT_VAULT_NAME:
    case BP_WANT_AIR_GAPPED:
    case BP_WANT_DESTINATION:
        return BP_WANT_VAULT;
    case BP_WANT_SOURCE:
        return BP_WANT_TARGET;
    case BP_WANT_PATTERN:
        return BP_WANT_PROTECTED;
    case BP_WANT_STRING:
    case BP_WANT_INT:
    case BP_WANT_SWITCH:
    case BP_WANT_DURATION:
    case BP_WANT_TIME:
    case BP_WANT_MINUTE:
    case BP_WANT_WEEKDAY:
    case BP_WANT_SCHEDULE:
    case BP_WANT_REGION:
    case BP_WANT_VAULT:
    case BP_WANT_ROLE:
    case BP_WANT_ACCOUNT:
    case BP_WANT_TARGET:
    case BP_WANT_PROTECTED:
    case BP_WANT_CONDITION:
    case BP_WANT_TAGS:
    case BP_WANT_CHOICE:
    case BP_WANT_ENCRYPTION:
    case BP_WANT_LOCK:
    case BP_WANT_TOPIC:
    case BP_WANT_ARN:
    case BP_WANT_COUNT:
        return want;
    }
    return want;
}

bool
bp_type_fits(bp_str type, bp_want want)
{
    bp_want given = bp_type_want(type);
    if (given == BP_WANT_COUNT) {
        return true; /* no such type: reported at the parameter */
    }
    if (given == BP_WANT_ACCOUNT && general(want) == BP_WANT_TARGET) {
        return true;
    }
    /* Types that a list of choices names are words of the same kind. */
    if (given == BP_WANT_PROTECTED && want == BP_WANT_CHOICE) {
        return true;
    }
    return given == general(want);
}

static const bp_argument *
find_argument(const bp_env *env, bp_str name)
{
    for (size_t i = 0; i < env->count; i++) {
        if (bp_str_equal(env->arguments[i].parameter->name.text, name)) {
            return &env->arguments[i];
        }
    }
    return NULL;
}

static bool
takes_vault(bp_want want)
{
    return general(want) == BP_WANT_VAULT;
}

/* Notes `in` and `of` of a value on the way; false when it may not have them (reported). */
static bool
take_place(const bp_typing *typing, const bp_ast_value *value, const bp_env *env, bp_expr *expr)
{
    bool in = bp_span_exists(value->in_region.span);
    if (!in && value->of == NULL) {
        return true;
    }
    bp_span span = in ? value->in_region.span : value->of->span;
    const char *word = in ? "in" : "of";
    if (!takes_vault(typing->want)) {
        bp_fault(typing->elab, "SYN018", span, env,
                 "\"%s\" behind a value that is no vault; only a vault has a Region and an account",
                 word);
        return false;
    }
    bool region_again = in && bp_span_exists(expr->in_region.span);
    if (region_again || (value->of != NULL && expr->of != NULL)) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): one of the two is there */
        bp_span outer = region_again ? expr->in_region.span : expr->of->span;
        bp_finding *finding = bp_fault(typing->elab, "SYN018", outer, expr->in_env,
                                       "\"%s\" is given twice; the vault has one already",
                                       region_again ? "in" : "of");
        bp_finding_label(typing->elab->diagnostics, finding, span, "given here");
        return false;
    }
    if (in) {
        expr->in_region = value->in_region;
        expr->in_env = env;
    }
    if (value->of != NULL) {
        expr->of = value->of;
        expr->of_env = env;
        expr->in_env = expr->in_env == NULL ? env : expr->in_env;
    }
    return true;
}

/* A constant that has the name of a word which would mean something here. */
static void
warn_hidden(const bp_typing *typing, const bp_ast_value *word, const bp_env *env,
            const bp_definition *constant)
{
    if (!bp_want_has_word(typing, word->text)) {
        return;
    }
    bp_finding *finding = bp_fault(typing->elab, "SYN018", word->span, env,
                                   "the constant \"%.*s\" hides a word that means something here",
                                   BP_ARG(word->text));
    finding->severity = BP_WARNING;
    bp_finding_label(typing->elab->diagnostics, finding, constant->item->name.span, "the constant");
}

static bool
parameter_fits(const bp_typing *typing, const bp_ast_value *word, const bp_env *env,
               const bp_ast_parameter *parameter, bool in_list)
{
    bool list = parameter->list && !in_list;
    if (bp_type_fits(parameter->type.text, typing->want) && !list) {
        return true;
    }
    bp_finding *finding = bp_fault(typing->elab, "SYN005", word->span, env,
                                   "the parameter \"%.*s\" has the type %s%.*s%s; %.*s takes %s",
                                   BP_ARG(word->text), parameter->list ? "[" : "",
                                   BP_ARG(parameter->type.text), parameter->list ? "]" : "",
                                   BP_ARG(bp_typing_name(typing)), bp_want_words(typing->want));
    bp_finding_label(typing->elab->diagnostics, finding, parameter->name.span, "the parameter");
    return false;
}

bp_expr
bp_resolve(const bp_typing *typing, const bp_ast_value *value, const bp_env *env, bool in_list)
{
    bp_expr expr = {.env = env};
    if (value == NULL) {
        return expr;
    }
    expr.written = value->span;
    for (size_t depth = 0; value != NULL; depth++) {
        expr.env = env;
        if (value->kind == BP_AST_UNKNOWN || !take_place(typing, value, env, &expr)) {
            break;
        }
        const bp_argument *argument =
            value->kind == BP_AST_WORD ? find_argument(env, value->text) : NULL;
        const bp_definition *constant = value->kind == BP_AST_WORD && argument == NULL
                                            ? bp_scope_constant(env->scope, value->text)
                                            : NULL;
        if (argument != NULL) {
            if (!parameter_fits(typing, value, env, argument->parameter, in_list)) {
                break;
            }
            expr.declared = argument->parameter->name.span;
            value = argument->value;
            env = argument->env;
        } else if (constant != NULL) {
            if (constant->circular) {
                break;
            }
            if (depth > BP_ALIAS_DEPTH) {
                bp_fault(typing->elab, "SYN015", expr.written, NULL,
                         "more than %d constants stand for each other; that is the limit",
                         BP_ALIAS_DEPTH);
                break;
            }
            warn_hidden(typing, value, env, constant);
            expr.declared = constant->item->name.span;
            value = constant->item->value;
            env = &constant->home->env;
        } else {
            expr.value = value;
            return expr;
        }
    }
    expr.value = NULL;
    return expr;
}

/* A list that is being spliced. */
typedef struct splice {
    const bp_typing *typing;
    bp_exprs *elements;
    size_t steps;
    bool full;
} splice;

static void
splice_value(splice *list, const bp_expr *expr, int depth)
{
    bool too_many = ++list->steps > BP_LIST_ELEMENTS;
    if (too_many || depth > BP_ALIAS_DEPTH) {
        if (!list->full) {
            bp_fault(list->typing->elab, "SYN015", expr->written, expr->env,
                     too_many ? "a list of more than %d elements; that is the limit"
                              : "lists more than %d deep in each other; that is the limit",
                     too_many ? BP_LIST_ELEMENTS : BP_ALIAS_DEPTH);
        }
        list->full = true;
        return;
    }
    if (expr->value == NULL || expr->value->kind != BP_AST_LIST) {
        *bp_vec_add(list->typing->elab->arena, list->elements) = *expr;
        return;
    }
    for (size_t i = 0; i < expr->value->items.count && !list->full; i++) {
        const bp_ast_value *item = expr->value->items.at[i].value;
        bp_expr inner = bp_resolve(list->typing, item, expr->env, true);
        if (!bp_span_exists(inner.declared)) {
            inner.declared = expr->declared;
            if (item != NULL && item->kind == BP_AST_LIST) {
                bp_fault(list->typing->elab, "SYN005", item->span, expr->env,
                         "a list within a list; lists do not nest");
                inner.value = NULL;
            }
        }
        splice_value(list, &inner, depth + 1);
    }
}

bool
bp_resolve_list(const bp_typing *typing, const bp_ast_value *value, const bp_env *env,
                bp_exprs *elements)
{
    bp_expr whole = bp_resolve(typing, value, env, true);
    if (whole.value == NULL) {
        return false;
    }
    if (whole.value->kind != BP_AST_LIST) {
        bp_elab *elab = typing->elab;
        bp_span span = whole.written;
        const char *quote = whole.value->kind == BP_AST_STRING ? "" : "\"";
        bp_finding *finding =
            bp_fault(elab, "SYN005", span, env, "%s%.*s%s is no list; %.*s takes one", quote,
                     BP_ARG(bp_shown(elab, span)), quote, BP_ARG(bp_typing_name(typing)));
        bp_str text = bp_span_text(bp_diagnostics_sources(elab->diagnostics), span);
        bp_finding_fix(elab->diagnostics, finding, true, span,
                       bp_str_format(elab->arena, "[%.*s]", BP_ARG(text)),
                       "put it in square brackets");
        return false;
    }
    splice list = {.typing = typing, .elements = elements};
    splice_value(&list, &whole, 0);
    return !list.full;
}

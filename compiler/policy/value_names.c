/*
 * What refers to something: vaults, roles, ARNs, type patterns, targets.
 *
 * Texts are made here, and each keeps its parts with their places. Whether the thing exists, and
 * whether a name is good, is for checks.
 */
#include "compiler/facts/facts.h"
#include "compiler/facts/ids.h"
#include "compiler/policy/elaborate.h"

bool
bp_call_text(const bp_typing *typing, const bp_expr *call, const char *what, bp_expr *text)
{
    const bp_slot slots[] = {{"", what, true}};
    const bp_ast_value *values[1];
    if (!bp_call_bind(typing, call, slots, 1, values)) {
        return false;
    }
    bp_typing argument = bp_argument_typing(typing, BP_WANT_STRING, what);
    *text = bp_resolve(&argument, values[0], call->env, false);
    return text->value != NULL && bp_type_expr(&argument, text)->kind == BP_VALUE_TEXT;
}

static bool
is_call(const bp_expr *expr, const char *name)
{
    return expr->value->kind == BP_AST_CALL && bp_str_is(expr->value->text, name);
}

/* The place of a text without its quotes. */
static bp_span
inside(bp_span span)
{
    return span.end - span.start >= 2 ? (bp_span){span.source, span.start + 1, span.end - 1} : span;
}

/* arn("…") of a vault or role: the text as it is, taken apart as far as it goes. */
static bp_value *
literal_arn(const bp_typing *typing, const bp_expr *expr, bp_reference_kind kind)
{
    bp_expr text;
    if (!bp_call_text(typing, expr, "the ARN", &text)) {
        return bp_value_hole(typing, expr);
    }
    bp_value *value = bp_value_text(typing, &text, text.value->text);
    if (!bp_span_exists(value->declared)) {
        value->declared = expr->declared;
    }
    value->reference =
        bp_reference_of_arn(typing->elab->arena, text.value->text, inside(text.value->span), kind);
    return value;
}

/* The account of `of`: 12 digits, or a name that the caller looks up. */
static bool
type_account(const bp_typing *typing, const bp_expr *vault, bp_reference *reference)
{
    bp_elab *elab = typing->elab;
    bp_typing argument = bp_argument_typing(typing, BP_WANT_ACCOUNT, "\"of\"");
    bp_expr account = bp_resolve(&argument, vault->of, vault->of_env, false);
    if (account.value == NULL) {
        return false;
    }
    bp_target_ref target = bp_type_target(&argument, &account);
    if (target.unknown) {
        return false;
    }
    reference->account = target.text;
    reference->account_span = target.span;
    if (bp_is_account_id(target.text)) {
        return true;
    }
    if (elab->how->account_id.find == NULL) {
        bp_fault(
            elab, "SYN018", target.span, account.env,
            "the account \"%.*s\" is known by its name alone; without an inventory \"of\" takes "
            "12 digits",
            BP_ARG(target.text));
        return false;
    }
    return elab->how->account_id.find(elab->how->account_id.context, target.text, target.span,
                                      &reference->account);
}

/* `in REGION`, which may be a constant or parameter. */
static bool
type_place(const bp_typing *typing, const bp_expr *vault, bp_reference *reference)
{
    bp_ast_value *word = BP_NEW(typing->elab->arena, bp_ast_value);
    word->kind = BP_AST_WORD;
    word->text = vault->in_region.text;
    word->span = vault->in_region.span;
    bp_typing argument = bp_argument_typing(typing, BP_WANT_REGION, "\"in\"");
    const bp_value *region = bp_type_value(&argument, word, vault->in_env);
    reference->region = region->text;
    reference->region_span = region->span;
    return region->kind == BP_VALUE_TEXT;
}

static bp_str
partition_of(const bp_typing *typing)
{
    return typing->partition.size > 0 ? typing->partition : BP_STR("aws");
}

static bp_str
vault_arn(const bp_typing *typing, const bp_reference *reference)
{
    return bp_str_format(typing->elab->arena, "arn:%.*s:backup:%.*s:%.*s:backup-vault:%.*s",
                         BP_ARG(reference->partition), BP_ARG(reference->region),
                         BP_ARG(reference->account), BP_ARG(reference->name));
}

/* Where the name of a vault is meant, it has no place; where a copy goes, it needs one. */
static bool
place_fits(const bp_typing *typing, const bp_expr *expr)
{
    bp_elab *elab = typing->elab;
    bool in = bp_span_exists(expr->in_region.span);
    bool named = typing->want == BP_WANT_VAULT_NAME || typing->want == BP_WANT_AIR_GAPPED;
    if (named && (in || expr->of != NULL)) {
        bp_fault(elab, "SYN018", in ? expr->in_region.span : expr->of->span, expr->in_env,
                 "\"%s\" where the name of a vault is meant; a rule uses the vault of its own "
                 "account and Region",
                 in ? "in" : "of");
        return false;
    }
    if (typing->want == BP_WANT_DESTINATION && !in) {
        bp_finding *finding =
            bp_fault(elab, "SYN018", expr->written, expr->env,
                     "a copy to a vault without its Region; a destination needs \"in\"");
        bp_finding_help(elab->diagnostics, finding, "write for example %.*s in eu-west-1",
                        BP_ARG(bp_shown(elab, expr->written)));
        return false;
    }
    return true;
}

bp_value *
bp_type_vault(const bp_typing *typing, const bp_expr *expr)
{
    bool literal = is_call(expr, "arn");
    bool placed = bp_span_exists(expr->in_region.span) || expr->of != NULL;
    if (literal && typing->want != BP_WANT_VAULT_NAME && !placed) {
        return literal_arn(typing, expr, BP_REF_VAULT);
    }
    bp_expr name;
    if (!is_call(expr, "vault")) {
        return literal ? bp_type_mismatch(typing, expr) : bp_type_unknown(typing, expr);
    }
    if (!bp_call_text(typing, expr, "the name of the vault", &name) || !place_fits(typing, expr)) {
        return bp_value_hole(typing, expr);
    }
    bp_reference *reference = BP_NEW(typing->elab->arena, bp_reference);
    reference->kind = BP_REF_VAULT;
    reference->name = name.value->text;
    reference->name_span = name.value->span;
    bool good = true;
    bool gap = typing->want == BP_WANT_AIR_GAPPED;
    if (gap) {
        reference->partition = partition_of(typing);
        reference->region = BP_STR("$region");
        reference->region_span = expr->value->span;
        reference->account = BP_STR("$account");
        reference->account_span = expr->value->span;
    }
    if (bp_span_exists(expr->in_region.span)) {
        good = type_place(typing, expr, reference);
        reference->partition = partition_of(typing);
        reference->account = BP_STR("$account");
        reference->account_span = reference->region_span;
    }
    if (good && expr->of != NULL) {
        good = type_account(typing, expr, reference);
    }
    if (!good) {
        return bp_value_hole(typing, expr);
    }
    bp_value *value =
        bp_value_text(typing, expr,
                      gap || typing->want == BP_WANT_DESTINATION ? vault_arn(typing, reference)
                                                                 : reference->name);
    value->reference = reference;
    return value;
}

static const bp_role *
declared_role(const bp_typing *typing, bp_str name)
{
    return bp_map_get(typing->elab->program->role_by_name, name);
}

bp_value *
bp_type_role(const bp_typing *typing, const bp_expr *expr)
{
    if (is_call(expr, "arn")) {
        return literal_arn(typing, expr, BP_REF_ROLE);
    }
    bp_expr text;
    if (!is_call(expr, "role")) {
        return bp_type_unknown(typing, expr);
    }
    if (!bp_call_text(typing, expr, "the name of the role", &text)) {
        return bp_value_hole(typing, expr);
    }
    bp_arena *arena = typing->elab->arena;
    bp_str written = text.value->text;
    size_t slash = written.size;
    while (slash > 0 && written.at[slash - 1] != '/') {
        slash--;
    }
    bp_reference *reference = BP_NEW(arena, bp_reference);
    reference->kind = BP_REF_ROLE;
    reference->partition = partition_of(typing);
    reference->account = BP_STR("$account");
    reference->account_span = expr->value->span;
    reference->name = bp_str_cut(written, slash, written.size);
    reference->name_span = text.value->span;
    const bp_role *role = slash == 0 ? declared_role(typing, written) : NULL;
    bool rooted = written.size > 0 && written.at[0] == '/';
    reference->path = role != NULL ? role->path
                                   : bp_str_format(arena, "%s%.*s", rooted ? "" : "/",
                                                   BP_ARG(bp_str_cut(written, 0, slash)));
    bp_value *value = bp_value_text(
        typing, expr,
        bp_str_format(arena, "arn:%.*s:iam::$account:role%.*s%.*s", BP_ARG(reference->partition),
                      BP_ARG(reference->path), BP_ARG(reference->name)));
    value->reference = reference;
    return value;
}

bp_value *
bp_type_arn(const bp_typing *typing, const bp_expr *expr)
{
    bp_expr text;
    if (expr->value->kind == BP_AST_WORD && typing->want == BP_WANT_ENCRYPTION &&
        bp_want_has_word(typing, expr->value->text)) {
        return bp_value_text(typing, expr, expr->value->text);
    }
    if (!is_call(expr, "arn")) {
        return bp_type_unknown(typing, expr);
    }
    if (!bp_call_text(typing, expr, "the ARN", &text)) {
        return bp_value_hole(typing, expr);
    }
    bp_str arn = text.value->text;
    size_t colons = 0;
    for (size_t i = 0; i < arn.size; i++) {
        colons += arn.at[i] == ':';
    }
    if (!bp_str_starts(arn, BP_STR("arn:")) || colons < 5) {
        bp_fault(typing->elab, "SYN005", text.value->span, text.env,
                 "\"%.*s\" is no ARN; an ARN is arn:partition:service:region:account:resource",
                 BP_ARG(bp_str_cut(arn, 0, 60)));
        return bp_value_hole(typing, expr);
    }
    return bp_value_text(typing, &text, arn);
}

bp_value *
bp_type_pattern(const bp_typing *typing, const bp_expr *expr)
{
    if (is_call(expr, "arn")) {
        return literal_arn(typing, expr, BP_REF_NONE);
    }
    if (expr->value->kind != BP_AST_WORD) {
        return bp_type_mismatch(typing, expr);
    }
    bp_str word = expr->value->text;
    const char *pattern = bp_pattern_of_word(typing->elab->how->facts, word);
    if (pattern == NULL) {
        bool id = typing->want == BP_WANT_PROTECTED &&
                  bp_type_find(typing->elab->how->facts, word) != NULL;
        return id ? bp_value_text(typing, expr, word) : bp_type_unknown(typing, expr);
    }
    bp_str text = bp_str_of(pattern);
    bp_str usual = BP_STR("arn:aws:");
    if (bp_str_starts(text, usual) && !bp_str_is(partition_of(typing), "aws")) {
        text = bp_str_format(typing->elab->arena, "arn:%.*s:%.*s", BP_ARG(partition_of(typing)),
                             BP_ARG(bp_str_cut(text, usual.size, text.size)));
    }
    return bp_value_text(typing, expr, text);
}

bp_target_ref
bp_type_target(const bp_typing *typing, const bp_expr *expr)
{
    bp_target_ref target = {.unknown = true};
    if (expr->value == NULL) {
        return target;
    }
    target.span = expr->value->span;
    bool word = expr->value->kind == BP_AST_WORD && typing->want != BP_WANT_ACCOUNT;
    target.text = expr->value->text;
    if (word && bp_str_is(expr->value->text, "root")) {
        target.kind = BP_TARGET_ROOT;
        target.unknown = false;
        return target;
    }
    if (word && typing->want == BP_WANT_SOURCE && bp_str_is(expr->value->text, "organization")) {
        target.kind = BP_TARGET_ORGANIZATION;
        target.unknown = false;
        return target;
    }
    bool ou = is_call(expr, "ou") && typing->want != BP_WANT_ACCOUNT;
    bp_expr text;
    if (!ou && !is_call(expr, "account")) {
        bp_type_unknown(typing, expr);
        return target;
    }
    target.kind = ou ? BP_TARGET_OU : BP_TARGET_ACCOUNT;
    if (!bp_call_text(typing, expr, ou ? "the path of the OU" : "the account", &text)) {
        return target;
    }
    target.text = text.value->text;
    target.span = text.value->span;
    target.unknown = false;
    return target;
}

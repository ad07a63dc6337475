/*
 * Declarations: roles, vaults and the heads of policies — what is not in a policy document.
 *
 * Names are unique over the project: the first declaration counts, another is reported.
 */
#include "compiler/policy/elaborate.h"

/* A gathered item: its settings are chosen. */
static bp_instance *
gather_item(bp_elab *elab, const bp_env *env, const bp_ast_item *item, unsigned blocks)
{
    bp_instance *instance = bp_instance_new(elab, item->kind, item->name, env);
    if (blocks != 0) {
        instance->blocks = blocks;
    }
    if (item->body != NULL) {
        *bp_vec_add(elab->work, &instance->layers) = (bp_layer){item->body, env};
    }
    bp_block_gather(elab, instance);
    return instance;
}

/* A typing of a setting that was written and is no hole; false otherwise. */
static bool
written(bp_elab *elab, const bp_instance *instance, const char *name, bp_typing *typing,
        const bp_chosen **chosen)
{
    *chosen = bp_instance_chosen(instance, name);
    if (*chosen == NULL || (*chosen)->bad) {
        return false;
    }
    const bp_setting *row = bp_setting_find(bp_str_of(name), instance->blocks);
    *typing = bp_chosen_typing(elab, row, *chosen);
    return true;
}

static bool
text_of(bp_elab *elab, const bp_instance *instance, const char *name, bp_str *text, bp_span *span)
{
    bp_typing typing;
    const bp_chosen *chosen;
    if (!written(elab, instance, name, &typing, &chosen)) {
        return false;
    }
    const bp_value *value = bp_type_value(&typing, chosen->statement->value, chosen->env);
    if (value->kind != BP_VALUE_TEXT) {
        return false;
    }
    *text = value->text;
    *span = value->span;
    return true;
}

/* Targets of a list setting; true when it is written. *span is that of the value. */
static bool
targets_of(bp_elab *elab, const bp_instance *instance, const char *name, bp_target_refs *targets,
           bp_span *span)
{
    bp_typing typing;
    const bp_chosen *chosen;
    bp_exprs elements = {0};
    if (!written(elab, instance, name, &typing, &chosen)) {
        const bp_chosen *bad = bp_instance_chosen(instance, name);
        if (bad != NULL) {
            *bp_vec_add(elab->arena, targets) = (bp_target_ref){.unknown = true};
        }
        return bad != NULL;
    }
    *span = chosen->statement->value->span;
    if (!bp_resolve_list(&typing, chosen->statement->value, chosen->env, &elements)) {
        *bp_vec_add(elab->arena, targets) = (bp_target_ref){.unknown = true, .span = *span};
        return true;
    }
    for (size_t i = 0; i < elements.count; i++) {
        *bp_vec_add(elab->arena, targets) = bp_type_target(&typing, &elements.at[i]);
    }
    return true;
}

static void
tags_of(bp_elab *elab, const bp_instance *instance, bp_tags *tags)
{
    bp_typing typing;
    const bp_chosen *chosen;
    bp_tag_values values = {0};
    if (!written(elab, instance, "tags", &typing, &chosen)) {
        return;
    }
    bp_expr expr = bp_resolve(&typing, chosen->statement->value, chosen->env, false);
    bp_type_tags(&typing, &expr, &values);
    for (size_t i = 0; i < values.count; i++) {
        const bp_tag_value *tag = &values.at[i];
        if (tag->value->kind == BP_VALUE_TEXT) {
            *bp_vec_add(elab->arena, tags) =
                (bp_tag){tag->key.text, tag->value->text, tag->key.span};
        }
    }
}

static void
report_twice(bp_elab *elab, const char *what, const bp_ast_item *item, bp_span first)
{
    bp_finding *finding =
        bp_fault(elab, "SYN018", item->name.span, NULL,
                 "%s \"%.*s\" is declared twice; a name means one %s in a project", what,
                 BP_ARG(item->name.text), what);
    bp_finding_label(elab->diagnostics, finding, first, "first declared here");
}

/* "/a/b/" of a path however its ends are written. */
static bp_str
clean_path(bp_arena *arena, bp_str path)
{
    size_t start = 0;
    size_t end = path.size;
    while (start < end && path.at[start] == '/') {
        start++;
    }
    while (end > start && path.at[end - 1] == '/') {
        end--;
    }
    return start == end ? BP_STR("/")
                        : bp_str_format(arena, "/%.*s/", BP_ARG(bp_str_cut(path, start, end)));
}

static unsigned
permits_of(bp_elab *elab, const bp_instance *instance)
{
    static const struct {
        const char *word;
        unsigned bit;
    } words[] = {{"backup", BP_PERMIT_BACKUP},
                 {"restore", BP_PERMIT_RESTORE},
                 {"s3_backup", BP_PERMIT_S3_BACKUP},
                 {"s3_restore", BP_PERMIT_S3_RESTORE}};
    bp_typing typing;
    const bp_chosen *chosen;
    if (!written(elab, instance, "permits", &typing, &chosen)) {
        return BP_PERMIT_BACKUP | BP_PERMIT_RESTORE;
    }
    unsigned permits = 0;
    const bp_value *list = bp_type_list(&typing, chosen->statement->value, chosen->env);
    for (size_t i = 0; i < list->items.count; i++) {
        for (size_t j = 0; j < sizeof words / sizeof words[0]; j++) {
            if (bp_str_is(list->items.at[i]->text, words[j].word)) {
                permits |= words[j].bit;
            }
        }
    }
    return permits;
}

void
bp_declare_role(bp_elab *elab, const bp_env *env, const bp_ast_item *item)
{
    bp_role *role = BP_NEW(elab->arena, bp_role);
    role->name = item->name.text;
    role->span = item->name.span;
    bool added = false;
    const bp_role *first = bp_map_add(elab->program->role_by_name, role->name, role, &added);
    if (!added) {
        report_twice(elab, "role", item, first->span);
        return;
    }
    *bp_vec_add(elab->arena, &elab->program->roles) = role;
    const bp_instance *instance = gather_item(elab, env, item, 0);
    bp_span span = BP_NOWHERE;
    role->deploy_to_written = targets_of(elab, instance, "deploy_to", &role->deploy_to, &span);
    if (!role->deploy_to_written) {
        *bp_vec_add(elab->arena, &role->deploy_to) =
            (bp_target_ref){.kind = BP_TARGET_ROOT, .text = BP_STR("root"), .span = role->span};
    }
    role->permits = permits_of(elab, instance);
    role->permits_written = bp_instance_chosen(instance, "permits") != NULL;
    bp_str path = BP_STR("/");
    text_of(elab, instance, "path", &path, &span);
    role->path = clean_path(elab->arena, path);
    text_of(elab, instance, "permissions_boundary", &role->permissions_boundary,
            &role->boundary_span);
    bp_str condition;
    role->source_account_condition =
        text_of(elab, instance, "source_account_condition", &condition, &span) &&
        bp_str_is(condition, "true");
    tags_of(elab, instance, &role->tags);
}

static void
regions_of(bp_elab *elab, const bp_instance *instance, bp_vault *vault)
{
    bp_typing typing;
    const bp_chosen *chosen;
    vault->regions_written = bp_instance_chosen(instance, "regions") != NULL;
    if (!written(elab, instance, "regions", &typing, &chosen)) {
        return;
    }
    vault->regions_span = chosen->statement->value->span;
    bp_value *list = bp_type_list(&typing, chosen->statement->value, chosen->env);
    for (size_t i = 0; i < list->items.count; i++) {
        *bp_vec_add(elab->arena, &vault->regions) = list->items.at[i];
    }
    if (list->kind == BP_VALUE_UNKNOWN) {
        *bp_vec_add(elab->arena, &vault->regions) = list;
    }
}

static void
encryption_of(bp_elab *elab, const bp_instance *instance, bp_vault *vault)
{
    bp_str text;
    if (!text_of(elab, instance, "encryption", &text, &vault->encryption_span)) {
        return;
    }
    if (bp_str_is(text, "aws_managed")) {
        vault->encryption = BP_ENCRYPT_AWS;
    } else if (!bp_str_is(text, "customer_managed")) {
        vault->encryption = BP_ENCRYPT_ARN;
        vault->key_arn = text;
    }
}

/* A bound of an air-gapped vault. `never` is no bound: it stays 0, with its place. */
static void
retention_of(bp_elab *elab, const bp_instance *instance, const char *name, int64_t *days,
             bp_span *span)
{
    bp_typing typing;
    const bp_chosen *chosen;
    const bp_chosen *any = bp_instance_chosen(instance, name);
    *span = any != NULL && any->statement->value != NULL ? any->statement->value->span : BP_NOWHERE;
    if (!written(elab, instance, name, &typing, &chosen)) {
        return;
    }
    const bp_value *value = bp_type_value(&typing, chosen->statement->value, chosen->env);
    *span = value->span;
    *days = value->kind == BP_VALUE_TEXT ? value->number : -1;
}

/* The lock of an ordinary vault; of an air-gapped one its bounds, which VLT009 demands. */
static void
lock_of(bp_elab *elab, const bp_instance *instance, bp_vault *vault)
{
    bp_typing typing;
    const bp_chosen *chosen;
    bp_lock *lock = &vault->lock;
    if (!vault->air_gapped) {
        if (written(elab, instance, "lock", &typing, &chosen)) {
            bp_expr expr = bp_resolve(&typing, chosen->statement->value, chosen->env, false);
            if (!bp_type_lock(&typing, &expr, lock)) {
                *lock = (bp_lock){0};
            }
        }
        return;
    }
    retention_of(elab, instance, "min_retention", &lock->min_days, &lock->min_span);
    retention_of(elab, instance, "max_retention", &lock->max_days, &lock->max_span);
}

static void
notify_of(bp_elab *elab, const bp_instance *instance, bp_vault *vault)
{
    bp_typing typing;
    const bp_chosen *chosen;
    if (written(elab, instance, "notify", &typing, &chosen)) {
        bp_expr expr = bp_resolve(&typing, chosen->statement->value, chosen->env, false);
        if (!bp_type_topic(&typing, &expr, &vault->notify)) {
            vault->notify = (bp_topic){0};
        }
    }
}

void
bp_declare_vault(bp_elab *elab, const bp_env *env, const bp_ast_item *item)
{
    bp_vault *vault = BP_NEW(elab->arena, bp_vault);
    vault->name = item->name.text;
    vault->span = item->name.span;
    vault->air_gapped = item->air_gapped;
    bool added = false;
    const bp_vault *first = bp_map_add(elab->program->vault_by_name, vault->name, vault, &added);
    if (!added) {
        report_twice(elab, "vault", item, first->span);
        return;
    }
    *bp_vec_add(elab->arena, &elab->program->vaults) = vault;
    const bp_instance *instance =
        gather_item(elab, env, item, item->air_gapped ? BP_BLOCK_AIR_GAPPED : BP_BLOCK_VAULT);
    bp_span span = BP_NOWHERE;
    vault->deploy_to_written =
        targets_of(elab, instance, "deploy_to", &vault->deploy_to, &vault->deploy_to_span);
    regions_of(elab, instance, vault);
    if (!item->air_gapped) {
        encryption_of(elab, instance, vault);
    }
    lock_of(elab, instance, vault);
    targets_of(elab, instance, "allow_copies_from", &vault->allow_copies_from, &span);
    notify_of(elab, instance, vault);
    bp_str keep;
    vault->dropped =
        text_of(elab, instance, "keep", &keep, &vault->keep_span) && bp_str_is(keep, "false");
    tags_of(elab, instance, &vault->tags);
}

void
bp_declare_policy(bp_elab *elab, const bp_env *env, const bp_ast_item *item)
{
    bp_policy *policy = BP_NEW(elab->arena, bp_policy);
    policy->name = item->name.text;
    policy->span = item->name.span;
    bool added = false;
    const bp_policy *first = bp_map_add(elab->policies, policy->name, policy, &added);
    if (!added) {
        report_twice(elab, "policy", item, first->span);
        return;
    }
    *bp_vec_add(elab->arena, &elab->program->policies) = policy;
    bp_instance *instance = gather_item(elab, env, item, 0);
    bp_span span = BP_NOWHERE;
    text_of(elab, instance, "description", &policy->description, &policy->description_span);
    policy->attach_written = targets_of(elab, instance, "attach", &policy->attach, &span);
    tags_of(elab, instance, &policy->tags);
    policy->document = bp_build_policy(elab, instance);
    /* A policy whose only plans were refused is no empty policy. */
    elab->program->broken =
        elab->program->broken || (instance->holes && instance->children.count == 0);
}

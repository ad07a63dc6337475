/*
 * Vault sets and role sets of the inventory.
 *
 * Rows are checked as AWS would: names, locks, one vault of a name in a Region. Which account holds
 * them is the tree's matter.
 */
#include "compiler/organization/org_reader.h"

/* A vault row being read. */
typedef struct vault_draft {
    bp_org_vault vault;
    bp_span lock_span;
} vault_draft;

static void
read_name(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_vault *vault = &((vault_draft *)into)->vault;
    if (!bp_org_text(reader, first, "the name of a vault", &vault->name)) {
        return;
    }
    vault->span = first.span;
    if (vault->name.size < 2 || vault->name.size > 50) {
        bp_report(reader->list, "NAM001", first.span,
                  "vault name \"%.*s\" has %zu characters; a name has 2 to 50", BP_ARG(vault->name),
                  bp_str_characters(vault->name));
        return;
    }
    for (size_t i = 0; i < vault->name.size; i++) {
        char c = vault->name.at[i];
        if (!bp_is_alnum(c) && c != '-' && c != '_') {
            bp_report(reader->list, "NAM001", first.span,
                      "vault name \"%.*s\" holds a character that is no letter, digit, \"-\" or "
                      "\"_\"; no such vault can exist",
                      BP_ARG(vault->name));
            return;
        }
    }
}

static void
read_in(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_region_set(reader, first, &((vault_draft *)into)->vault.in);
}

static void
read_vault_kind(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const char *const words[] = {"standard", "air-gapped", "restore-access"};
    size_t index = 0;
    if (bp_org_word(reader, first, words, 3, &index)) {
        ((vault_draft *)into)->vault.kind = (bp_vault_kind)(BP_VAULT_STANDARD + index);
    }
}

static void
read_key(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const char *const words[] = {"unknown", "customer", "aws-backup", "aws-service",
                                        "aws-owned"};
    size_t index = 0;
    if (bp_org_word(reader, first, words, 5, &index)) {
        ((vault_draft *)into)->vault.key = (bp_vault_key)(BP_KEY_UNKNOWN + index);
    }
}

static void
read_state(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const char *const words[] = {"available", "creating"};
    size_t index = 0;
    if (bp_org_word(reader, first, words, 2, &index)) {
        ((vault_draft *)into)->vault.creating = index == 1;
    }
}

static void
read_mode(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const char *const words[] = {"governance", "compliance"};
    size_t index = 0;
    if (bp_org_word(reader, first, words, 2, &index)) {
        ((vault_draft *)into)->vault.lock = (bp_lock_mode)(BP_LOCK_GOVERNANCE + index);
    }
}

static void
read_min(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    int64_t days = 0;
    if (bp_org_number(reader, first, &days)) {
        ((vault_draft *)into)->vault.lock_min = days;
    }
}

static void
read_max(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    int64_t days = 0;
    if (bp_org_number(reader, first, &days)) {
        ((vault_draft *)into)->vault.lock_max = days;
    }
}

static void
read_lock(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    vault_draft *draft = into;
    draft->lock_span = key.span;
    static const char *const words[] = {"unknown", "none"};
    static const bp_org_key keys[] = {
        {"mode", read_mode, true}, {"min", read_min, false}, {"max", read_max, false}};
    static const bp_org_shape shape = BP_ORG_SHAPE("a lock", keys);
    size_t index = 0;
    if (first.kind == BP_YAML_MAP) {
        bp_org_map(reader, first, key.span, &shape, draft);
    } else if (bp_org_word(reader, first, words, 2, &index)) {
        draft->vault.lock = (bp_lock_mode)(BP_LOCK_UNKNOWN + index);
    }
}

static void
read_copier(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    bp_str id = {NULL, 0};
    bool good = false;
    if (item.kind == BP_YAML_SCALAR && bp_str_starts(item.text, BP_STR("ou-"))) {
        id = item.text;
        good = bp_org_ou_id(reader, id, item.span, (bp_str){NULL, 0});
    } else {
        good = bp_org_account_id(reader, item, &id);
    }
    if (good) {
        *bp_vec_add(reader->arena, &((vault_draft *)into)->vault.copy_from_ids) = id;
    }
}

static void
read_copy_from(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const char *const words[] = {"organization", "none", "other", "unknown"};
    static const bp_copy_from means[] = {BP_COPY_FROM_ORGANIZATION, BP_COPY_FROM_NONE,
                                         BP_COPY_FROM_OTHER, BP_COPY_FROM_UNKNOWN};
    bp_org_vault *vault = &((vault_draft *)into)->vault;
    size_t index = 3;
    if (first.kind == BP_YAML_LIST) {
        bp_org_list(reader, first, "a list of account and OU ids", read_copier, into);
        vault->copy_from =
            vault->copy_from_ids.count == 0 ? BP_COPY_FROM_NONE : BP_COPY_FROM_LISTED;
    } else {
        bp_org_word(reader, first, words, 4, &index);
        vault->copy_from = means[index];
    }
}

/* Days of a lock against each other and against what AWS admits. */
static void
check_lock(bp_org_reader *reader, const vault_draft *draft)
{
    const bp_org_vault *vault = &draft->vault;
    int64_t least = bp_quota_find(reader->org->facts, "LAG_MIN_RETENTION")->value;
    bp_span span = bp_span_exists(draft->lock_span) ? draft->lock_span : vault->span;
    bool locked = vault->lock == BP_LOCK_GOVERNANCE || vault->lock == BP_LOCK_COMPLIANCE;
    bool sealed = vault->kind == BP_VAULT_AIR_GAPPED;
    if (locked && vault->lock_min == 0) {
        bp_report(reader->list, "SYN005", span, "a lock with min 0; the smallest bound is 1 day");
    } else if (locked && vault->lock_max >= 0 && vault->lock_min > vault->lock_max) {
        bp_report(reader->list, "SYN005", span,
                  "a lock with min %lld over max %lld; no backup could be kept there",
                  (long long)vault->lock_min, (long long)vault->lock_max);
    } else if (sealed && vault->lock == BP_LOCK_NONE) {
        bp_report(reader->list, "SYN005", span,
                  "an air-gapped vault without lock; such a vault always has one");
    } else if (sealed && locked && vault->lock_max < 0) {
        bp_report(reader->list, "SYN005", span,
                  "the lock of an air-gapped vault without max; such a vault has both bounds");
    } else if (sealed && locked && vault->lock_min < least) {
        bp_report(reader->list, "SYN005", span,
                  "the lock of an air-gapped vault with min below %lld; %lld days are the least",
                  (long long)least, (long long)least);
    }
}

/* The rows of one name, by Region. */
typedef struct name_places {
    bp_region_mask taken;
    uint32_t row[64];
} name_places;

/* A set being read. The map is made for large sets only. */
typedef struct vault_set_draft {
    bp_vault_set *set;
    bp_map *names; /* name → name_places * */
} vault_set_draft;

static void
note_row(bp_org_reader *reader, vault_set_draft *draft, size_t row)
{
    const bp_org_vault *vault = &draft->set->vaults.at[row];
    name_places *places = bp_map_get(draft->names, vault->name);
    if (places == NULL) {
        places = BP_NEW(reader->arena, name_places);
        bp_map_set(draft->names, vault->name, places);
    }
    for (size_t region = 0; region < 64; region++) {
        if ((vault->in & ~places->taken & BP_REGION_BIT(region)) != 0) {
            places->row[region] = (uint32_t)row;
        }
    }
    places->taken |= vault->in;
}

/* The earlier row of this name that shares a Region, or NULL. */
static const bp_org_vault *
same_place(const vault_set_draft *draft, const bp_org_vault *vault)
{
    const bp_vault_set *set = draft->set;
    if (draft->names != NULL) {
        const name_places *places = bp_map_get(draft->names, vault->name);
        for (size_t region = 0; places != NULL && region < 64; region++) {
            if ((places->taken & vault->in & BP_REGION_BIT(region)) != 0) {
                return &set->vaults.at[places->row[region]];
            }
        }
        return NULL;
    }
    for (size_t i = 0; i < set->vaults.count; i++) {
        const bp_org_vault *other = &set->vaults.at[i];
        if ((other->in & vault->in) != 0 && bp_str_equal(other->name, vault->name)) {
            return other;
        }
    }
    return NULL;
}

static void
add_vault(bp_org_reader *reader, vault_set_draft *draft, const bp_org_vault *vault)
{
    enum { FEW = 32 };
    const bp_org_vault *other = same_place(draft, vault);
    if (other != NULL) {
        bp_finding *finding = bp_report(reader->list, "SYN007", vault->span,
                                        "vault \"%.*s\" twice in one Region", BP_ARG(vault->name));
        bp_finding_label(reader->list, finding, other->span, "first here");
    }
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): an element was just added */
    *bp_vec_add(reader->arena, &draft->set->vaults) = *vault;
    size_t count = draft->set->vaults.count;
    if (draft->names != NULL) {
        note_row(reader, draft, count - 1);
    } else if (count == FEW) {
        draft->names = bp_map_new(reader->arena);
        for (size_t i = 0; i < count; i++) {
            note_row(reader, draft, i);
        }
    }
}

static void
read_vault(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    static const bp_org_key keys[] = {
        {"name", read_name, true},        {"in", read_in, true},
        {"kind", read_vault_kind, false}, {"key", read_key, false},
        {"lock", read_lock, false},       {"copy_from", read_copy_from, false},
        {"state", read_state, false},
    };
    static const bp_org_shape shape = BP_ORG_SHAPE("a vault", keys);
    vault_set_draft *set = into;
    vault_draft draft = {.vault = {.lock_min = -1, .lock_max = -1}};
    bp_org_map(reader, item, bp_org_place(reader, item), &shape, &draft);
    check_lock(reader, &draft);
    if (draft.vault.name.size > 0) {
        add_vault(reader, set, &draft.vault);
    }
}

static void
read_have(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_list(reader, first, "a list of vaults", read_vault, into);
}

static void
read_seen(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_seen(reader, first, &((vault_set_draft *)into)->set->seen);
}

const void *
bp_org_vaults_value(bp_org_reader *reader, bp_str name, bp_yaml_event first)
{
    static const bp_org_key keys[] = {{"seen", read_seen, false}, {"have", read_have, true}};
    static const bp_org_shape shape = BP_ORG_SHAPE("a vault set", keys);
    bp_vault_set *set = BP_NEW(reader->arena, bp_vault_set);
    set->name = name;
    set->seen = reader->seen;
    vault_set_draft draft = {.set = set};
    if (first.kind == BP_YAML_SCALAR) { /* none: looked, nothing there */
        set->seen = bp_org_seen_for_none(reader);
    } else if (first.kind == BP_YAML_MAP) {
        bp_org_map(reader, first, bp_org_place(reader, first), &shape, &draft);
    } else {
        bp_org_list(reader, first, "a list of vaults", read_vault, &draft);
    }
    return set;
}

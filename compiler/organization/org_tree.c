/*
 * The tree of the inventory: root, OUs, accounts, and what has to hold between them.
 *
 * Accounts are added as they come, so those at or below an OU are one range whatever the order of
 * keys. What needs names or ids of parents is checked at the end, in one pass.
 */
#include "compiler/organization/org_reader.h"

enum { MAX_ACCOUNTS = 100000 };

/* Where the reading stands: an OU by its index, since the array may move. */
typedef struct ou_draft {
    uint32_t index;
    bool root;
    bool accounts_written;
    bool ous_written;
    bool ous_unknown;
    bool accounts_unknown;
    bool accounts_partial;
    bool ous_partial;
} ou_draft;

typedef struct account_draft {
    bp_account account;
    bp_org_holdings held;
    const bp_org_holdings *profile;
    bp_span regions_span;
} account_draft;

static void
read_account_id(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    account_draft *draft = into;
    draft->account.span = first.span;
    if (!bp_org_account_id(reader, first, &draft->account.id)) {
        draft->account.id = (bp_str){NULL, 0};
    }
}

static void
read_account_name(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_org_text(reader, first, "the name of an account", &((account_draft *)into)->account.name);
}

static void
read_state(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const char *const words[] = {
        "active", "pending-activation", "suspended", "pending-closure", "closed", "unknown"};
    size_t index = 0;
    if (bp_org_word(reader, first, words, 6, &index)) {
        ((account_draft *)into)->account.state = (bp_account_state)(BP_STATE_ACTIVE + index);
    }
}

static void
read_profile(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_str name = {NULL, 0};
    if (bp_org_text(reader, first, "the name of a profile", &name)) {
        const bp_org_set *set = bp_org_find_set(reader, BP_SET_PROFILES, first);
        ((account_draft *)into)->profile = set == NULL ? NULL : set->value;
    }
}

#define HELD(name, kind)                                                                        \
    static void name(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first) \
    {                                                                                           \
        (void)key;                                                                              \
        bp_org_hold(reader, &((account_draft *)into)->held, kind, first);                       \
    }

HELD(read_vaults, BP_SET_VAULTS)
HELD(read_roles, BP_SET_ROLES)
HELD(read_settings, BP_SET_REGION_SETTINGS)
HELD(read_resources, BP_SET_RESOURCES)
HELD(read_tags, BP_SET_TAGS)

static void
read_regions(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    account_draft *draft = into;
    draft->regions_span = bp_org_place(reader, first);
    bp_org_hold(reader, &draft->held, BP_SET_REGIONS, first);
}

/* A Region that is always on needs no mention. */
static void
check_regions(bp_org_reader *reader, const account_draft *draft)
{
    const bp_region_mask *mask = draft->held.values[BP_SET_REGIONS];
    bp_region_mask idle = mask == NULL ? 0 : *mask & ~reader->org->opt_in;
    size_t count = 0;
    const bp_region *regions = bp_regions(reader->org->facts, &count);
    for (size_t i = 0; i < count; i++) {
        if ((idle & BP_REGION_BIT(i)) != 0) {
            bp_finding *finding = bp_report(
                reader->list, "REG007", draft->regions_span,
                "Region %s is always on; \"regions\" of an account lists the Regions that "
                "it had to enable",
                regions[i].code);
            finding->severity = BP_INFO;
            return;
        }
    }
}

static const void *
held(const account_draft *draft, bp_set_kind kind)
{
    if ((draft->held.written & (1U << kind)) != 0 || draft->profile == NULL) {
        return draft->held.values[kind];
    }
    return draft->profile->values[kind];
}

static void
read_account(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    static const bp_org_key keys[] = {
        {"id", read_account_id, true},
        {"name", read_account_name, false},
        {"state", read_state, false},
        {"profile", read_profile, false},
        {"vaults", read_vaults, false},
        {"roles", read_roles, false},
        {"region_settings", read_settings, false},
        {"regions", read_regions, false},
        {"resources", read_resources, false},
        {"tags", read_tags, false},
    };
    static const bp_org_shape shape = BP_ORG_SHAPE("an account", keys);
    const ou_draft *ou = into;
    account_draft draft = {.account = {.ou = ou->index}};
    bp_org_map(reader, item, bp_org_place(reader, item), &shape, &draft);
    check_regions(reader, &draft);
    if (draft.account.id.size == 0) {
        return;
    }
    if (reader->org->accounts.count == MAX_ACCOUNTS) {
        if (reader->broken) {
            return;
        }
        bp_report(reader->list, "SYN015", draft.account.span,
                  "more than %d accounts; the inventory is not read further", (int)MAX_ACCOUNTS);
        reader->stop = true;
        reader->broken = true;
        return;
    }
    bp_account *account = &draft.account;
    account->vaults = held(&draft, BP_SET_VAULTS);
    account->roles = held(&draft, BP_SET_ROLES);
    account->region_settings = held(&draft, BP_SET_REGION_SETTINGS);
    account->resources = held(&draft, BP_SET_RESOURCES);
    account->tags = held(&draft, BP_SET_TAGS);
    const bp_region_mask *regions = held(&draft, BP_SET_REGIONS);
    account->regions_known = regions != NULL;
    account->regions = regions == NULL ? 0 : *regions;
    account->management = bp_str_equal(account->id, reader->org->management_id);
    *bp_vec_add(reader->arena, &reader->org->accounts) = *account;
}

static bool
is_unknown(bp_yaml_event first)
{
    return first.kind == BP_YAML_SCALAR && bp_str_is(first.text, "unknown");
}

static void
read_accounts(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    ou_draft *draft = into;
    draft->accounts_written = true;
    draft->accounts_unknown = is_unknown(first);
    if (!draft->accounts_unknown) {
        bp_org_list(reader, first, "a list of accounts", read_account, draft);
    }
}

/* "partial": what is listed is there, and more may be. */
static bool
is_partial(bp_org_reader *reader, bp_yaml_event first)
{
    static const char *const words[] = {"complete", "partial", "unknown"};
    size_t index = 0;
    return bp_org_word(reader, first, words, 3, &index) && index > 0;
}

static void
read_accounts_seen(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    ((ou_draft *)into)->accounts_partial = is_partial(reader, first);
}

static void
read_ous_seen(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    ((ou_draft *)into)->ous_partial = is_partial(reader, first);
}

static void read_ou(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item);

static void
read_ous(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    ou_draft *draft = into;
    draft->ous_written = true;
    draft->ous_unknown = is_unknown(first);
    if (!draft->ous_unknown) {
        bp_org_list(reader, first, "a list of OUs", read_ou, draft);
    }
}

static bp_ou *
ou_of(bp_org_reader *reader, const ou_draft *draft)
{
    return &reader->org->ous.at[draft->index];
}

static void
read_ou_id(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_str id = {NULL, 0};
    const ou_draft *draft = into;
    if (bp_org_text(reader, first, draft->root ? "the id of the root" : "the id of an OU", &id)) {
        bp_ou *ou = ou_of(reader, draft);
        ou->id = id;
        ou->id_span = first.span;
        if (!bp_span_exists(ou->span)) {
            ou->span = first.span;
        }
    }
}

static void
read_ou_name(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_str name = {NULL, 0};
    if (bp_org_text(reader, first, "a name", &name)) {
        bp_ou *ou = ou_of(reader, into);
        ou->name = name;
        ou->span = first.span;
    }
}

static void
read_ou_tags(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    const bp_tag_set *tags = bp_org_tags_of(reader, first);
    ou_of(reader, into)->tags = tags;
}

static const bp_org_key ou_keys[] = {
    {"id", read_ou_id, true},           {"name", read_ou_name, true},
    {"tags", read_ou_tags, false},      {"accounts_seen", read_accounts_seen, false},
    {"accounts", read_accounts, false}, {"ous_seen", read_ous_seen, false},
    {"ous", read_ous, false},
};
static const bp_org_key root_keys[] = {
    {"id", read_ou_id, true},           {"name", read_ou_name, false},
    {"tags", read_ou_tags, false},      {"accounts_seen", read_accounts_seen, false},
    {"accounts", read_accounts, false}, {"ous_seen", read_ous_seen, false},
    {"ous", read_ous, false},
};
static const bp_org_shape ou_shape = BP_ORG_SHAPE("an OU", ou_keys);
static const bp_org_shape root_shape = BP_ORG_SHAPE("the root", root_keys);

/* Depth is bounded by the YAML door: two levels of text for one of OUs. */
static void
read_node(bp_org_reader *reader, ou_draft *draft, uint32_t parent, bp_span owner,
          bp_yaml_event first)
{
    bp_organization *org = reader->org;
    draft->index = (uint32_t)org->ous.count;
    bp_ou *ou = bp_vec_add(reader->arena, &org->ous);
    *ou = (bp_ou){.parent = parent, .first_account = (uint32_t)org->accounts.count};
    ou->depth = draft->root ? 0 : org->ous.at[parent].depth + 1;
    bp_org_map(reader, first, owner, draft->root ? &root_shape : &ou_shape, draft);
    ou = ou_of(reader, draft);
    ou->end_account = (uint32_t)org->accounts.count;
    ou->end_ou = (uint32_t)org->ous.count;
    ou->accounts_known = !draft->accounts_unknown && !draft->accounts_partial &&
                         (draft->accounts_written || org->tree_complete);
    ou->ous_known =
        !draft->ous_unknown && !draft->ous_partial && (draft->ous_written || org->tree_complete);
    if (!bp_span_exists(ou->span)) {
        ou->span = owner;
    }
}

static void
read_ou(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    const ou_draft *parent = into;
    ou_draft draft = {.root = false};
    read_node(reader, &draft, parent->index, bp_org_place(reader, item), item);
}

void
bp_org_tree(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event first)
{
    (void)into;
    (void)key;
    ou_draft draft = {.root = true};
    read_node(reader, &draft, 0, reader->root_key, first);
    bp_ou *root = &reader->org->ous.at[0];
    if (root->name.size == 0) {
        root->name = BP_STR("Root");
    }
    reader->tree_read = true;
}

static void
report_pair(bp_org_reader *reader, bp_span span, bp_span other, const char *what, bp_str name)
{
    bp_finding *finding = bp_report(reader->list, "TOP010", span, "%s \"%.*s\" twice in the tree",
                                    what, BP_ARG(name));
    bp_finding_label(reader->list, finding, other, "first here");
}

/* Paths, ids, depth and names of siblings; a parent comes before its children. */
static void
finish_ous(bp_org_reader *reader)
{
    bp_organization *org = reader->org;
    bp_map *siblings = bp_map_new(reader->arena);
    int64_t deepest = bp_quota_find(reader->org->facts, "ORG_OU_DEPTH")->value;
    for (size_t i = 0; i < org->ous.count; i++) {
        bp_ou *ou = &org->ous.at[i];
        bp_str root = org->ous.at[0].id;
        bool added = true;
        bp_ou *before = ou->id.size == 0 ? ou : bp_map_add(org->ou_by_id, ou->id, ou, &added);
        if (!added) {
            report_pair(reader, ou->id_span, before->id_span, "id", ou->id);
            reader->stop = true;
        }
        if (i == 0) {
            if (ou->id.size > 0) {
                bp_org_id(reader, ou->id, ou->id_span, "r-");
            }
            continue;
        }
        if (ou->id.size > 0) {
            bp_org_ou_id(reader, ou->id, ou->id_span,
                         bp_str_starts(root, BP_STR("r-")) ? root : (bp_str){NULL, 0});
        }
        if (ou->depth == deepest + 1) {
            bp_report(reader->list, "TOP010", ou->span,
                      "OU \"%.*s\" stands %u levels below the root; at most %lld are possible",
                      BP_ARG(ou->name), ou->depth, (long long)deepest);
        }
        const bp_ou *parent = &org->ous.at[ou->parent];
        ou->path = parent->depth == 0 ? ou->name
                                      : bp_str_format(reader->arena, "%.*s/%.*s",
                                                      BP_ARG(parent->path), BP_ARG(ou->name));
        bp_str place = bp_str_format(reader->arena, "%u/%.*s", ou->parent, BP_ARG(ou->name));
        const bp_ou *twin = ou->name.size == 0 ? ou : bp_map_add(siblings, place, ou, &added);
        if (twin != ou) {
            bp_finding *finding =
                bp_report(reader->list, "TOP010", ou->span,
                          "two OUs \"%.*s\" under one parent; siblings have different names",
                          BP_ARG(ou->name));
            bp_finding_label(reader->list, finding, twin->span, "the other one");
        }
    }
}

static void
finish_accounts(bp_org_reader *reader)
{
    bp_organization *org = reader->org;
    for (size_t i = 0; i < org->accounts.count; i++) {
        bp_account *account = &org->accounts.at[i];
        bool added = false;
        const bp_account *before = bp_map_add(org->account_by_id, account->id, account, &added);
        if (!added) {
            report_pair(reader, account->span, before->span, "account", account->id);
            reader->stop = true;
        }
    }
}

void
bp_org_finish_tree(bp_org_reader *reader)
{
    bp_organization *org = reader->org;
    finish_ous(reader);
    finish_accounts(reader);
    if (!org->tree_complete || reader->stop || !reader->tree_read) {
        return;
    }
    if (org->accounts.count == 0) {
        bp_report(reader->list, "TOP014", reader->root_key,
                  "a complete tree without any account; an organization has at least one");
        reader->stop = true;
    } else if (org->management_id.size > 0 &&
               bp_map_get(org->account_by_id, org->management_id) == NULL) {
        bp_finding *finding = bp_report(reader->list, "TOP010", reader->management_span,
                                        "management account %.*s does not stand in the tree; "
                                        "\"coverage\" calls the tree complete",
                                        BP_ARG(org->management_id));
        bp_finding_label(reader->list, finding, reader->root_key, "the tree");
    }
}

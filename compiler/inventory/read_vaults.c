/*
 * Dumps of vaults: lists, access policies, lists glued together. Whose key a vault has is decided
 * by the aliases, which may come later: until then the record holds "#0", "#1" … for keys that the
 * unit keeps as hashes, so that equal lists of two accounts are one text.
 */
#include "compiler/inventory/survey_parts.h"

enum { NAME, ARN, TYPE, STATE, LOCKED, MIN, MAX, LOCK_DATE, KEY_ARN, KEY_TYPE, POLICY, VALUES };

static const bp_field vault_fields[VALUES] = {
    [NAME] = {"BackupVaultName", BP_FIELD_TEXT, true, NULL},
    [ARN] = {"BackupVaultArn", BP_FIELD_ARN, false, NULL},
    [TYPE] = {"VaultType", BP_FIELD_TEXT, false, NULL},
    [STATE] = {"VaultState", BP_FIELD_TEXT, false, NULL},
    [LOCKED] = {"Locked", BP_FIELD_FLAG, false, NULL},
    [MIN] = {"MinRetentionDays", BP_FIELD_NUMBER, false, NULL},
    [MAX] = {"MaxRetentionDays", BP_FIELD_NUMBER, false, NULL},
    [LOCK_DATE] = {"LockDate", BP_FIELD_ANY, false, NULL},
    [KEY_ARN] = {"EncryptionKeyArn", BP_FIELD_TEXT, false, NULL},
    [KEY_TYPE] = {"EncryptionKeyType", BP_FIELD_TEXT, false, NULL},
    [POLICY] = {"Policy", BP_FIELD_LONG_TEXT, false, NULL},
};

static bool
vault_name_fits(bp_str name)
{
    for (size_t i = 0; i < name.size; i++) {
        if (!bp_is_alnum(name.at[i]) && name.at[i] != '-' && name.at[i] != '_') {
            return false;
        }
    }
    return name.size >= 2 && name.size <= 50;
}

/* AWS makes vaults whose names no policy can hold, "aws/efs/automatic-backup-vault". */
static bool
can_be_named(bp_dump *dump, bp_str name)
{
    if (vault_name_fits(name)) {
        return true;
    }
    if (!bp_str_starts(name, BP_STR("aws/"))) {
        bp_dump_report(dump, "TOP010", "IMP022", "\"%.*s\" is no name of a vault", BP_ARG(name));
        dump->spoiled = true;
    } else if (!dump->survey->odd_vault_told) {
        dump->survey->odd_vault_told = true;
        bp_finding *finding =
            bp_dump_report(dump, "IMP041", "IMP045",
                           "vault \"%.*s\" is left out; no policy can name it", BP_ARG(name));
        finding->severity = BP_INFO;
    }
    return false;
}

static bp_str
kind_word(bp_dump *dump, bp_str type, bool *unknown)
{
    if (type.size == 0 || bp_str_is(type, "BACKUP_VAULT")) {
        return BP_STR("standard");
    }
    if (bp_str_is(type, "LOGICALLY_AIR_GAPPED_BACKUP_VAULT")) {
        return BP_STR("air-gapped");
    }
    if (!bp_str_is(type, "RESTORE_ACCESS_BACKUP_VAULT")) {
        *unknown = true;
        bp_dump_report(dump, "IMP041", "IMP041",
                       "\"%.*s\" is no known type of a vault; whether it can be used is unknown",
                       BP_ARG(type));
        return BP_STR("standard");
    }
    return BP_STR("restore-access");
}

/* "customer", "aws-owned", "#N", or empty. */
static bp_str
key_word(bp_dump *dump, const bp_value *values)
{
    bp_str type = values[KEY_TYPE].text;
    bp_str arn = values[KEY_ARN].text;
    if (bp_str_is(type, "CUSTOMER_MANAGED_KMS_KEY")) {
        return BP_STR("customer");
    }
    if (bp_str_is(type, "AWS_OWNED_KMS_KEY")) {
        return BP_STR("aws-owned");
    }
    if (arn.size == 0 || dump->presence_only) {
        return BP_STR("");
    }
    size_t start = arn.size;
    while (start > 0 && arn.at[start - 1] != '/' && arn.at[start - 1] != ':') {
        start--;
    }
    uint64_t hash = bp_key_hash(bp_str_cut(arn, start, arn.size));
    size_t slot = 0;
    while (slot < dump->keys.count && dump->keys.at[slot] != hash) {
        slot++;
    }
    if (slot == dump->keys.count) {
        *bp_vec_add(dump->scratch, &dump->keys) = hash;
    }
    return slot == 0 ? BP_STR("#0") : bp_str_format(dump->item, "#%zu", slot);
}

static bp_str
lock_word(const bp_value *values, bp_str kind)
{
    if (bp_str_is(kind, "air-gapped")) {
        return BP_STR("compliance");
    }
    if (!values[LOCKED].flag) {
        return BP_STR("none");
    }
    return values[LOCK_DATE].there ? BP_STR("compliance") : BP_STR("governance");
}

static bool
arn_names(bp_dump *dump, const bp_arn *arn, bp_str name)
{
    bp_str named = bp_str_cut(arn->rest, bp_str_find(arn->rest, ':') + 1, arn->rest.size);
    if (bp_str_equal(named, name)) {
        return true;
    }
    bp_dump_report(dump, "IMP014", "IMP014", "vault \"%.*s\" with the ARN of \"%.*s\"",
                   BP_ARG(name), BP_ARG(named));
    dump->spoiled = true;
    return false;
}

static bool
take_vault(bp_dump *dump, const bp_value *values)
{
    const bp_arn *arn = values[ARN].arn;
    bool unknown = false;
    bp_str name = values[NAME].text;
    bp_dump_point(dump, values[ARN].good ? &values[ARN] : &values[NAME]);
    if (arn != NULL && (!bp_dump_cell_of(dump, arn) || !arn_names(dump, arn, name))) {
        return true;
    }
    if (values[ARN].there && !values[ARN].good) {
        return true;
    }
    if (!can_be_named(dump, name) || !bp_dump_addressed(dump, BP_ABOUT_ACCOUNT | BP_ABOUT_REGION)) {
        return true;
    }
    if (bp_str_is(values[STATE].text, "FAILED")) {
        bp_finding *finding =
            bp_dump_report(dump, "IMP041", "IMP045",
                           "vault \"%.*s\" could not be made by AWS; it is left out", BP_ARG(name));
        finding->severity = BP_INFO;
        return true;
    }
    bp_str kind = kind_word(dump, values[TYPE].text, &unknown);
    bp_str lock = lock_word(values, kind);
    bool bounds = !bp_str_is(lock, "none");
    unknown = unknown || (values[STATE].there && !bp_str_is(values[STATE].text, "AVAILABLE"));
    bp_record_add(dump,
                  (bp_str[]){name, kind, key_word(dump, values), lock,
                             bounds ? values[MIN].text : BP_STR(""),
                             bounds ? values[MAX].text : BP_STR(""),
                             unknown ? BP_STR("creating") : BP_STR("")},
                  7);
    return true;
}

/* Slots are numbered in the order of the vaults' names, so that the order of a list is no matter:
 * renumbers them. */
static void
order_keys(bp_dump *dump)
{
    size_t count = dump->keys.count;
    if (count < 2) {
        return;
    }
    for (size_t i = 1; i < count; i++) { /* few: by insertion */
        for (size_t j = i; j > 0 && dump->keys.at[j] < dump->keys.at[j - 1]; j--) {
            uint64_t moved = dump->keys.at[j];
            dump->keys.at[j] = dump->keys.at[j - 1];
            dump->keys.at[j - 1] = moved;
        }
    }
}

static void
renumber_keys(bp_dump *dump)
{
    size_t count = dump->keys.count;
    if (count < 2) {
        return;
    }
    uint64_t *old = bp_arena_array(dump->scratch, count + 1, sizeof *old);
    for (size_t i = 0; i < count; i++) {
        old[i] = dump->keys.at[i];
    }
    order_keys(dump);
    for (size_t i = 0; i < dump->records.count; i++) {
        bp_record record;
        bp_str rest = dump->records.at[i];
        int64_t slot = 0;
        bp_record_next(dump->scratch, &rest, &record);
        if (!bp_str_starts(record.field[2], BP_STR("#")) ||
            !bp_str_number(bp_str_cut(record.field[2], 1, record.field[2].size), &slot)) {
            continue;
        }
        size_t now = 0;
        while (dump->keys.at[now] != old[slot]) {
            now++;
        }
        bp_buf buf = {.arena = dump->scratch};
        record.field[2] = bp_str_format(dump->scratch, "#%zu", now);
        for (size_t f = 0; f < record.count; f++) {
            bp_record_field(&buf, record.field[f]);
        }
        dump->records.at[i] = bp_buf_text(&buf);
    }
}

bool
bp_read_vaults(bp_dump *dump, bp_json_event first)
{
    if (!bp_read_list(dump, first, "vault", vault_fields, POLICY, take_vault)) {
        return false;
    }
    renumber_keys(dump);
    return true;
}

/* ---- access policies */

static bool
take_access(bp_dump *dump, const bp_value *values)
{
    const bp_arn *arn = values[ARN].arn;
    bp_dump_point(dump, values[ARN].good ? &values[ARN] : &values[NAME]);
    if (arn != NULL) {
        if (!bp_dump_agrees(dump, arn) || !arn_names(dump, arn, values[NAME].text)) {
            return true;
        }
        dump->account = bp_kept(dump->survey, arn->account);
        bp_dump_set_region(dump, arn->region);
    }
    if (dump->vault.size > 0 && values[NAME].good &&
        !bp_str_equal(dump->vault, values[NAME].text)) {
        bp_dump_report(dump, "IMP014", "IMP014", "vault \"%.*s\" in an answer about \"%.*s\"",
                       BP_ARG(values[NAME].text), BP_ARG(dump->vault));
        dump->spoiled = true;
        return true;
    }
    if (values[NAME].good) {
        dump->vault = bp_kept(dump->survey, values[NAME].text);
    }
    if (!values[POLICY].there) {
        bp_dump_report(dump, "SYN005", "IMP023", "access policy of a vault without \"Policy\"");
        dump->spoiled = true;
        return true;
    }
    bp_dump_point(dump, &values[POLICY]);
    bp_str words = bp_access_words(dump, values[POLICY].text);
    bp_record_add(dump, &words, 1);
    return true;
}

bool
bp_read_access(bp_dump *dump, bp_json_event first)
{
    bp_value values[VALUES];
    (void)first; /* its key was given back: all members of the answer are read here */
    if (!bp_read_members(dump, "vault", vault_fields, VALUES, values)) {
        return false;
    }
    bp_dump_push(dump);
    return take_access(dump, values);
}

bool
bp_read_lone_vault(bp_dump *dump)
{
    bp_value values[VALUES];
    dump->presence_only = true;
    dump->seen = true;
    if (!bp_read_members(dump, "vault", vault_fields, VALUES, values)) {
        return false;
    }
    bool access = values[POLICY].there;
    dump->row = &bp_dump_rows()[access ? BP_DUMP_ACCESS : BP_DUMP_VAULTS];
    if (access) {
        dump->presence_only = false;
        take_access(dump, values);
    } else if (values[NAME].good) {
        take_vault(dump, values);
    }
    if (bp_dump_addressed(dump, dump->row->needs)) {
        bp_unit_enter(dump, bp_dump_key(dump));
    }
    return true;
}

/* ---- AWS Config: JSON texts */

static bool
take_config(bp_dump *dump, bp_str text)
{
    bp_json_reader *reader = bp_inner_reader(dump->item, text);
    bp_str values[3] = {{"", 0}, {"", 0}, {"", 0}};
    static const char *const keys[3] = {"accountId", "awsRegion", "resourceName"};
    size_t depth = 0;
    size_t wanted = 3;
    for (;;) {
        bp_json_event event = bp_json_next(reader);
        if (event.kind == BP_JSON_ERROR) {
            bp_inner_broken(dump, "the result of AWS Config", event);
            return true;
        }
        if (event.kind == BP_JSON_END) {
            break;
        }
        if (event.kind == BP_JSON_STRING && wanted < 3) {
            values[wanted] = event.text;
        } else if (event.kind == BP_JSON_NUMBER && wanted == 0) {
            bp_dump_report(dump, "SYN005", "IMP021",
                           "\"accountId\" is the number %.*s; an account id is a string of 12 "
                           "digits",
                           BP_ARG(event.text));
            dump->spoiled = true;
            return true;
        }
        wanted = 3;
        for (size_t i = 0; i < 3 && event.kind == BP_JSON_KEY && depth == 1; i++) {
            wanted = bp_str_is(event.text, keys[i]) ? i : wanted;
        }
        depth += event.kind == BP_JSON_OBJECT || event.kind == BP_JSON_ARRAY;
        depth -= event.kind == BP_JSON_OBJECT_END || event.kind == BP_JSON_ARRAY_END;
    }
    for (size_t i = 0; i < 3; i++) {
        if (values[i].size == 0) {
            bp_dump_report(dump, "SYN005", "IMP023", "result of AWS Config without \"%s\"",
                           keys[i]);
            dump->spoiled = true;
            return true;
        }
    }
    bp_arn arn = {.account = values[0], .region = values[1]};
    if (!bp_dump_cell_of(dump, &arn) || !can_be_named(dump, values[2])) {
        return true;
    }
    dump->survey->config_regions |= BP_REGION_BIT(dump->region);
    bp_record_add(dump,
                  (bp_str[]){values[2], BP_STR("standard"), BP_STR(""), BP_STR(""), BP_STR(""),
                             BP_STR(""), BP_STR("")},
                  7);
    return true;
}

bool
bp_read_config(bp_dump *dump, bp_json_event first)
{
    dump->row = &bp_dump_rows()[BP_DUMP_VAULTS];
    dump->presence_only = true;
    dump->survey->has_config = true;
    for (bp_json_event event = first; event.kind != BP_JSON_ARRAY_END; event = bp_dump_next(dump)) {
        if (event.kind != BP_JSON_STRING) {
            return bp_wrong_kind(dump, event, "Results", "a JSON text in a string");
        }
        bp_arena_reset(dump->item);
        if (!take_config(dump, bp_str_copy(dump->item, event.text))) {
            return false;
        }
    }
    dump->entered = dump->account.size == 0; /* nothing found: no unit */
    return true;
}

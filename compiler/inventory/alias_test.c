/*
 * Whose key a vault has, where its list does not say the type of the key: the aliases of its
 * account and Region decide. The answers are those that the AWS CLI prints; lists and aliases come
 * in any order, in files of their own or together, whole or in pages.
 */
#include "compiler/inventory/survey_test.h"

#define BACKUP_KEY "0f3c2a1b-4d5e-6f70-8192-a3b4c5d6e7f8"
#define EFS_KEY "1a2b3c4d-0000-4111-8222-333344445555"
#define OWN_KEY "mrk-90aa0bb1cc2dd3ee4ff5a6b7c8d9e0f1"

/* As printed by: aws backup list-backup-vaults. */
#define ENTRY(name, key)                                                                          \
    "        {\n            \"BackupVaultName\": \"" name "\",\n            \"BackupVaultArn\": " \
    "\"arn:aws:backup:eu-west-1:222233334444:backup-vault:" name "\",\n"                          \
    "            \"VaultType\": \"BACKUP_VAULT\",\n            \"VaultState\": \"AVAILABLE\",\n"  \
    "            \"EncryptionKeyArn\": \"arn:aws:kms:eu-west-1:222233334444:key/" key "\",\n"     \
    "            \"CreationDate\": \"2025-03-04T05:06:07.891000+00:00\",\n"                       \
    "            \"NumberOfRecoveryPoints\": 12,\n            \"Locked\": false\n        }"
#define VAULT_LIST(entries) "{\n    \"BackupVaultList\": [\n" entries "\n    ]\n}"
#define ALL_VAULTS               \
    ENTRY("default", BACKUP_KEY) \
    ",\n" ENTRY("files", EFS_KEY) ",\n" ENTRY("own", OWN_KEY)

/* As printed by: aws kms list-aliases. A key of AWS that was never used has no target. */
#define ALIAS(name, key)                                                                          \
    "        {\n            \"AliasName\": \"alias/" name "\",\n            \"AliasArn\": "       \
    "\"arn:aws:kms:eu-west-1:222233334444:alias/" name "\",\n            \"TargetKeyId\": \"" key \
    "\",\n            \"CreationDate\": \"2024-01-15T09:30:00.123000+00:00\",\n"                  \
    "            \"LastUpdatedDate\": \"2024-01-15T09:30:00.123000+00:00\"\n        }"
#define UNUSED_ALIAS                                                                            \
    "        {\n            \"AliasName\": \"alias/aws/dynamodb\",\n            \"AliasArn\": " \
    "\"arn:aws:kms:eu-west-1:222233334444:alias/aws/dynamodb\"\n        }"
#define ALIAS_LIST(entries) "{\n    \"Aliases\": [\n" entries "\n    ]\n}"
#define ALL_ALIASES                                                 \
    UNUSED_ALIAS ",\n" ALIAS("aws/backup", BACKUP_KEY) ",\n" ALIAS( \
        "aws/elasticfilesystem", EFS_KEY) ",\n" ALIAS("ours", OWN_KEY)

#define WRAPPED(dump, more, data) "{\"dump\": \"" dump "\", " CELL more T "\"data\":\n" data "}\n"
#define LIST(more, entries) WRAPPED("backup.list-backup-vaults", more, VAULT_LIST(entries))
#define ALIASES(more, entries) WRAPPED("kms.list-aliases", more, ALIAS_LIST(entries))
#define OF_2(page) "\"pages\": {\"index\": " page ", \"of\": 2}, "

enum { FILES_MAX = 4 };

typedef struct input {
    const char *path;
    const char *text;
} input;

#define NOWHERE    \
    {              \
        NULL, NULL \
    }
#define KEYS(a, b, c) \
    {                 \
        a, b, c       \
    }
static const struct {
    const char *name;
    input files[FILES_MAX];
    const char *keys[3]; /* of default, files and own; "": unknown */
} cases[] = {
    {"whole answers in envelopes",
     {{"v.json", LIST("", ALL_VAULTS)}, {"a.json", ALIASES("", ALL_ALIASES)}},
     KEYS("aws-backup", "aws-service", "customer")},
    {"unchanged answers, told by their paths",
     {{"backup.list-backup-vaults/222233334444/eu-west-1.json", VAULT_LIST(ALL_VAULTS)},
      {"kms.list-aliases/222233334444/eu-west-1.json", ALIAS_LIST(ALL_ALIASES)}},
     KEYS("aws-backup", "aws-service", "customer")},
    {"the aliases in two pages",
     {{"v.json", LIST("", ALL_VAULTS)},
      {"1.json",
       ALIASES(OF_2("1"), ALIAS("ours", OWN_KEY) ",\n" ALIAS("aws/elasticfilesystem", EFS_KEY))},
      {"2.json", ALIASES(OF_2("2"), ALIAS("aws/backup", BACKUP_KEY))}},
     KEYS("aws-backup", "aws-service", "customer")},
    {"the vaults in two pages",
     {{"a.json", ALIASES("", ALL_ALIASES)},
      {"1.json", LIST(OF_2("1"), ENTRY("own", OWN_KEY))},
      {"2.json", LIST(OF_2("2"), ENTRY("files", EFS_KEY) ",\n" ENTRY("default", BACKUP_KEY))}},
     KEYS("aws-backup", "aws-service", "customer")},
    {"both in two pages",
     {{"1.json", ALIASES(OF_2("1"), ALIAS("aws/elasticfilesystem", EFS_KEY))},
      {"2.json", ALIASES(OF_2("2"), ALIAS("aws/backup", BACKUP_KEY))},
      {"3.json", LIST(OF_2("1"), ENTRY("default", BACKUP_KEY))},
      {"4.json", LIST(OF_2("2"), ENTRY("files", EFS_KEY) ",\n" ENTRY("own", OWN_KEY))}},
     KEYS("aws-backup", "aws-service", "customer")},
    {"aliases that are cut off say nothing of the keys that they lack",
     {{"v.json", LIST("", ALL_VAULTS)},
      {"a.json", ALIASES("\"complete\": false, ", ALIAS("aws/backup", BACKUP_KEY))}},
     KEYS("aws-backup", "", "")},
    {"no aliases: whose keys they are is unknown",
     {{"v.json", LIST("", ALL_VAULTS)}, NOWHERE},
     KEYS("", "", "")},
    {"aliases of another Region",
     {{"v.json", LIST("", ALL_VAULTS)},
      {"a.json",
       "{\"dump\": \"kms.list-aliases\", \"account\": \"222233334444\", \"region\": "
       "\"us-east-1\", " T "\"data\": {\"Aliases\": [{\"AliasName\": \"alias/aws/backup\", "
       "\"TargetKeyId\": \"" BACKUP_KEY "\"}]}}\n"}},
     KEYS("", "", "")},
    {"no key of AWS at all",
     {{"v.json", LIST("", ALL_VAULTS)}, {"a.json", ALIASES("", UNUSED_ALIAS)}},
     KEYS("customer", "customer", "customer")},
};

static const bp_org_vault *
vault_named(const bp_organization *org, const char *name)
{
    for (size_t i = 0; i < org->accounts.count; i++) {
        const bp_vault_set *set = org->accounts.at[i].vaults;
        for (size_t v = 0; set != NULL && v < set->vaults.count; v++) {
            if (bp_str_is(set->vaults.at[v].name, name)) {
                return &set->vaults.at[v];
            }
        }
    }
    return NULL;
}

static void
hold(const importing *on, size_t number, size_t order)
{
    static const char *const names[] = {"default", "files", "own"};
    static const char *const words[] = {"", "customer", "aws-backup", "aws-service", "aws-owned"};
    if (!on->good) {
        for (size_t i = 0; i < bp_diagnostics_total(on->list); i++) {
            print_message("%.*s\n", BP_ARG(bp_diagnostics_at(on->list, i)->message));
        }
        fail_msg("%s, order %zu: not an inventory", cases[number].name, order);
    }
    for (size_t i = 0; i < 3; i++) {
        const bp_org_vault *vault = vault_named(on->org, names[i]);
        assert_non_null(vault);
        const char *expected = cases[number].keys[i];
        if (strcmp(words[vault->key], expected) != 0) {
            fail_msg("%s, order %zu: the key of %s is \"%s\", not \"%s\"", cases[number].name,
                     order, names[i], words[vault->key], expected);
        }
        bp_str line =
            expected[0] == '\0'
                ? bp_str_format(on->arena, "{name: %s, in: eu-west-1, lock:", names[i])
                : bp_str_format(on->arena, "{name: %s, in: eu-west-1, key: %s, lock:", names[i],
                                expected);
        if (!bp_str_contains(on->text, line)) {
            fail_msg("%.*s\nis not in\n%.*s", BP_ARG(line), BP_ARG(on->text));
        }
    }
}

/* The files of a case, and the tree, in the order of a permutation's number. */
static void
in_order(size_t number, size_t order, size_t step)
{
    input files[FILES_MAX + 1] = {{"base.json", BASE}};
    size_t count = 1;
    importing on = start_with(NULL, true);
    while (count <= FILES_MAX && cases[number].files[count - 1].path != NULL) {
        files[count] = cases[number].files[count - 1];
        count++;
    }
    for (size_t left = count; left > 0; left--) {
        size_t taken = order % left;
        order /= left;
        read_dump(&on, files[taken].path, bp_str_of(files[taken].text), step);
        files[taken] = files[left - 1];
    }
    finish(&on);
    hold(&on, number, order);
    bp_arena_free(on.arena);
}

static void
aliases_tell_whose_key_it_is(void **state)
{
    enum { PERMUTATIONS = 120 };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t order = 0; order < PERMUTATIONS; order++) {
            in_order(i, order, order % 7 == 0 ? 3 : 4096);
        }
    }
}

/* What the list itself says of a key needs no alias, and no alias changes it. */
static void
the_type_of_a_key_stands(void **state)
{
    (void)state;
    importing on = start_with(NULL, true);
    read_dump(&on, "base.json", BP_STR(BASE), 4096);
    read_dump(&on, "a.json", BP_STR(ALIASES("", ALIAS("aws/backup", BACKUP_KEY))), 4096);
    read_dump(&on, "v.json",
              BP_STR(LIST("", "{\"BackupVaultName\": \"default\", \"EncryptionKeyArn\": "
                              "\"arn:aws:kms:eu-west-1:222233334444:key/" BACKUP_KEY
                              "\", \"EncryptionKeyType\": \"CUSTOMER_MANAGED_KMS_KEY\"},"
                              "{\"BackupVaultName\": \"files\", \"EncryptionKeyType\": "
                              "\"AWS_OWNED_KMS_KEY\"}")),
              4096);
    finish(&on);
    assert_true(on.good);
    assert_int_equal(vault_named(on.org, "default")->key, BP_KEY_CUSTOMER);
    assert_int_equal(vault_named(on.org, "files")->key, BP_KEY_AWS_OWNED);
    bp_arena_free(on.arena);
}

/* Ids of keys differ in every account and Region; what is written of them does not. They never are
 * written themselves. */
static void
keys_of_two_cells_are_one_set(void **state)
{
    (void)state;
    static const char *const cells[][2] = {{"111122223333", "eu-west-1"},
                                           {"222233334444", "eu-west-1"},
                                           {"111122223333", "us-east-1"},
                                           {"222233334444", "us-east-1"}};
    importing on = start_with(NULL, true);
    read_dump(&on, "base.json", BP_STR(BASE), 4096);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        bp_str text = bp_str_format(
            on.arena,
            "{\"dump\":\"kms.list-aliases\",\"account\":\"%s\",\"region\":\"%s\"," T
            "\"data\":{\"Aliases\":[{\"AliasName\":\"alias/aws/backup\",\"TargetKeyId\":\"id-%zu\"}"
            "]}}\n{\"dump\":\"backup.list-backup-vaults\",\"account\":\"%s\",\"region\":\"%s\"," T
            "\"data\":{\"BackupVaultList\":[{\"BackupVaultName\":\"daily\",\"EncryptionKeyArn\":"
            "\"arn:aws:kms:%s:%s:key/id-%zu\"}]}}\n",
            cells[i][0], cells[i][1], i, cells[i][0], cells[i][1], cells[i][1], cells[i][0], i);
        read_dump(&on, "cells.json", text, 4096);
    }
    finish(&on);
    assert_true(on.good);
    assert_non_null(on.org->accounts.at[0].vaults);
    assert_ptr_equal(on.org->accounts.at[0].vaults, on.org->accounts.at[1].vaults);
    assert_int_equal(on.org->accounts.at[0].vaults->vaults.count, 1);
    assert_int_equal(vault_named(on.org, "daily")->key, BP_KEY_AWS_BACKUP);
    assert_false(bp_str_contains(on.text, BP_STR("id-")));
    bp_arena_free(on.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aliases_tell_whose_key_it_is),
        cmocka_unit_test(the_type_of_a_key_stands),
        cmocka_unit_test(keys_of_two_cells_are_one_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

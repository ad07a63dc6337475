/* The walk-through organization and its policies, as texts that tests change in one place. */
#ifndef BP_COMPILER_CHECKS_SEED_TEST_H
#define BP_COMPILER_CHECKS_SEED_TEST_H

#define SEED_VAULTS                  \
    "vault \"prodbackupvault\" {}\n" \
    "vault \"nonprodbackupvault\" {}\n"

#define SEED_TEMPLATE                                \
    "template rule daily_with_copy(into: vault) {\n" \
    "  schedule     = daily(05:00)\n"                \
    "  start_within = 8h\n"                          \
    "  vault        = into\n"                        \
    "  cold_after   = 90d\n"                         \
    "  delete_after = 180d\n"                        \
    "  copy to into in ap-northeast-1 {\n"           \
    "    cold_after   = 90d\n"                       \
    "    delete_after = 180d\n"                      \
    "  }\n"                                          \
    "}\n"

#define SEED_POLICY(NAME, TARGET, VAULT, TAG)                                         \
    "policy \"" NAME "policy\" {\n"                                                   \
    "  attach = [" TARGET "]\n"                                                       \
    "  plan \"" NAME "plan\" {\n"                                                     \
    "    regions = [us-east-1, eu-west-1, ap-northeast-1]\n"                          \
    "    rule \"" NAME "rule\" uses daily_with_copy(into: vault(\"" VAULT "\")) {}\n" \
    "    select \"" NAME "resources\" {\n"                                            \
    "      role       = role(\"crossaccountbackuprole\")\n"                           \
    "      tag_key    = \"backup\"\n"                                                 \
    "      tag_values = [\"" TAG "\"]\n"                                              \
    "    }\n"                                                                         \
    "  }\n"                                                                           \
    "}\n"

#define SEED                                                                             \
    "role \"crossaccountbackuprole\" { deploy_to = [root] }\n" SEED_VAULTS SEED_TEMPLATE \
        SEED_POLICY("prodbackup", "ou(\"Prod\")", "prodbackupvault", "prod")             \
            SEED_POLICY("nonprodbackup", "ou(\"Non-Prod\")", "nonprodbackupvault", "nonprod")

#define SEED_ORG                                                                               \
    "backpol_inventory: 1\n"                                                                   \
    "captured_at: 2026-11-02T06:00:00Z\n"                                                      \
    "organization:\n"                                                                          \
    "  id: o-exampleorg\n"                                                                     \
    "  partition: aws\n"                                                                       \
    "  management_account: \"111122223333\"\n"                                                 \
    "  features: all\n"                                                                        \
    "settings:\n"                                                                              \
    "  backup_policy_type: enabled\n"                                                          \
    "  trusted_access: [backup.amazonaws.com, "                                                \
    "member.org.stacksets.cloudformation.amazonaws.com]\n"                                     \
    "  cross_account_backup: disabled\n"                                                       \
    "coverage:\n"                                                                              \
    "  tree: complete\n"                                                                       \
    "  regions: main\n"                                                                        \
    "sets:\n"                                                                                  \
    "  regions:\n"                                                                             \
    "    main: [us-east-1, eu-west-1, ap-northeast-1]\n"                                       \
    "  vaults:\n"                                                                              \
    "    prod:\n"                                                                              \
    "      - {name: prodbackupvault, in: main}\n"                                              \
    "    nonprod:\n"                                                                           \
    "      - {name: nonprodbackupvault, in: main}\n"                                           \
    "  roles:\n"                                                                               \
    "    member: [crossaccountbackuprole]\n"                                                   \
    "root:\n"                                                                                  \
    "  id: r-ab12\n"                                                                           \
    "  accounts:\n"                                                                            \
    "    - {id: \"111122223333\", name: Management}\n"                                         \
    "  ous:\n"                                                                                 \
    "    - name: Prod\n"                                                                       \
    "      id: ou-ab12-prod0001\n"                                                             \
    "      accounts:\n"                                                                        \
    "        - {id: \"222233334444\", name: Prod Account, vaults: prod, roles: member}\n"      \
    "    - name: Non-Prod\n"                                                                   \
    "      id: ou-ab12-nprd0001\n"                                                             \
    "      ous:\n"                                                                             \
    "        - name: QA\n"                                                                     \
    "          id: ou-ab12-qaqa0001\n"                                                         \
    "          accounts:\n"                                                                    \
    "            - {id: \"333344445555\", name: QA Account, vaults: nonprod, roles: member}\n" \
    "        - name: Dev\n"                                                                    \
    "          id: ou-ab12-dvdv0001\n"                                                         \
    "          accounts:\n"                                                                    \
    "            - {id: \"444455556666\", name: Dev Account, vaults: nonprod, roles: member}\n"

#endif

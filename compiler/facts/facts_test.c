/* The fact tables are whole, indexed and marked; look-ups answer as their header says. */
#include "compiler/facts/facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
check_source(const char *codes)
{
    assert_true(codes[0] != '\0');
    for (bp_str rest = bp_str_of(codes); rest.size > 0;) {
        size_t end = bp_str_find(rest, ' ');
        assert_non_null(bp_fact_source(bp_str_cut(rest, 0, end)));
        rest = bp_str_cut(rest, end + 1, rest.size);
    }
}

static void
all_regions_stand_sorted_in_eight_partitions(void **state)
{
    (void)state;
    size_t count = 0;
    const bp_region *regions = bp_regions(NULL, &count);
    assert_int_equal(count, 46);
    size_t partitions = 0;
    const bp_partition *partition = bp_partitions(&partitions);
    assert_int_equal(partitions, 8);
    bp_region_mask all = 0;
    for (size_t i = 0; i < partitions; i++) {
        bp_region_mask mask = bp_regions_of_partition(NULL, bp_str_of(partition[i].name));
        assert_true(mask != 0);
        assert_true((all & mask) == 0);
        all |= mask;
        const bp_region *iam = bp_region_find(NULL, bp_str_of(partition[i].iam_region));
        assert_non_null(iam);
        assert_string_equal(iam->partition, partition[i].name);
    }
    assert_true(all == BP_REGION_BIT(count) - 1);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(bp_region_index(NULL, bp_str_of(regions[i].code)), i);
        assert_true(bp_region_shaped(bp_str_of(regions[i].code)));
        assert_true(i == 0 || strcmp(regions[i - 1].code, regions[i].code) < 0);
        assert_ptr_equal(bp_region_by_name(NULL, bp_str_of(regions[i].name)), &regions[i]);
        check_source(regions[i].source);
        assert_true((regions[i].mark == BP_MARK_UNSURE) ==
                    (regions[i].backup_policies == BP_UNKNOWN));
    }
}

static void
regions_are_found_by_exact_code_only(void **state)
{
    (void)state;
    assert_int_equal(bp_region_index(NULL, BP_STR("US-east-1")), -1);
    assert_int_equal(bp_region_index(NULL, BP_STR("us-east-11")), -1);
    assert_int_equal(bp_region_index(NULL, BP_STR("")), -1);
    assert_null(bp_region_find(NULL, BP_STR("Europe (Ireland)")));
    assert_string_equal(bp_region_by_name(NULL, BP_STR("eu(ireland)"))->code, "eu-west-1");
    assert_string_equal(bp_region_by_name(NULL, BP_STR("US East (N.Virginia)"))->code, "us-east-1");
    assert_string_equal(bp_region_by_name(NULL, BP_STR("south america (sao paulo)"))->code,
                        "sa-east-1");
    assert_string_equal(bp_region_by_name(NULL, BP_STR("South America (S\xC3\xA3o Paulo)"))->code,
                        "sa-east-1");
    assert_null(bp_region_by_name(NULL, BP_STR("")));
    assert_null(bp_region_by_name(NULL, BP_STR("Europe")));
}

static void
a_shape_is_a_prefix_a_word_and_a_number(void **state)
{
    (void)state;
    assert_true(bp_region_shaped(BP_STR("eu-north-7")));
    assert_true(bp_region_shaped(BP_STR("us-gov-central-1")));
    assert_true(bp_region_shaped(BP_STR("eusc-de-west-2")));
    assert_false(bp_region_shaped(BP_STR("eu-north-")));
    assert_false(bp_region_shaped(BP_STR("eu-north")));
    assert_false(bp_region_shaped(BP_STR("eu--1")));
    assert_false(bp_region_shaped(BP_STR("xx-north-1")));
    assert_false(bp_region_shaped(BP_STR("eu-north-1a")));
    assert_false(bp_region_shaped(BP_STR("us-not-a-1")));
    assert_false(bp_region_shaped(BP_STR("")));
    assert_false(bp_region_shaped(BP_STR("us")));
}

static void
opt_in_and_policies_by_region(void **state)
{
    (void)state;
    bp_region_mask opt_in = bp_regions_opt_in(NULL);
    assert_true(opt_in & BP_REGION_BIT(bp_region_index(NULL, BP_STR("af-south-1"))));
    assert_false(opt_in & BP_REGION_BIT(bp_region_index(NULL, BP_STR("eu-west-1"))));
    assert_false(opt_in & BP_REGION_BIT(bp_region_index(NULL, BP_STR("cn-north-1"))));
    static const char *const without[] = {"ap-east-2", "ap-southeast-6", "ap-southeast-7",
                                          "mx-central-1", "eusc-de-east-1"};
    size_t count = 0;
    size_t absent = 0;
    const bp_region *regions = bp_regions(NULL, &count);
    for (size_t i = 0; i < count; i++) {
        absent += regions[i].backup_policies == BP_ABSENT;
    }
    assert_int_equal(absent, 5);
    for (size_t i = 0; i < 5; i++) {
        const bp_region *region = bp_region_find(NULL, bp_str_of(without[i]));
        assert_int_equal(region->backup_policies, BP_ABSENT);
        assert_int_equal(bp_region_mark(region, "backup_policies"), BP_MARK_VERIFIED);
    }
    const bp_region *taipei = bp_region_find(NULL, BP_STR("ap-east-2"));
    assert_int_equal(bp_region_mark(taipei, "air_gapped_vault"), BP_MARK_CONFLICT);
    const bp_region *iso = bp_region_find(NULL, BP_STR("us-iso-east-1"));
    assert_int_equal(bp_region_mark(iso, "backup_policies"), BP_MARK_UNSURE);
}

static void
types_have_sources_and_patterns(void **state)
{
    (void)state;
    size_t count = 0;
    const bp_type *types = bp_types(NULL, &count);
    const char *patterns[64];
    size_t different = 0;
    assert_int_equal(count, 25);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(bp_type_find(NULL, bp_str_of(types[i].id)), &types[i]);
        check_source(types[i].source);
        assert_true((types[i].pattern[0] == '\0') == (types[i].word[0] == '\0'));
        bool seen = types[i].pattern[0] == '\0';
        for (size_t j = 0; j < different; j++) {
            seen = seen || strcmp(patterns[j], types[i].pattern) == 0;
        }
        if (!seen) {
            patterns[different++] = types[i].pattern;
        }
        if (types[i].word[0] != '\0') {
            assert_string_equal(bp_pattern_of_word(NULL, bp_str_of(types[i].word)),
                                types[i].pattern);
        }
    }
    assert_int_equal(different, bp_quota_find(NULL, "RESOURCE_TYPES")->value);
}

static void
words_and_patterns_of_the_language(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"all", "*"},
        {"ec2", "arn:aws:ec2:*:*:instance/*"},
        {"ebs", "arn:aws:ec2:*:*:volume/*"},
        {"s3", "arn:aws:s3:::*"},
        {"rds", "arn:aws:rds:*:*:db:*"},
        {"rds_cluster", "arn:aws:rds:*:*:cluster:*"},
        {"dsql", "arn:aws:dsql:*:*:cluster/*"},
        {"dynamodb", "arn:aws:dynamodb:*:*:table/*"},
        {"efs", "arn:aws:elasticfilesystem:*:*:file-system/*"},
        {"fsx", "arn:aws:fsx:*:*:file-system/*"},
        {"fsx_volume", "arn:aws:fsx:*:*:volume/*"},
        {"storage_gateway", "arn:aws:storagegateway:*:*:gateway/*"},
        {"redshift", "arn:aws:redshift:*:*:cluster:*"},
        {"redshift_serverless", "arn:aws:redshift-serverless:*:*:namespace/*"},
        {"timestream", "arn:aws:timestream:*:*:database/*"},
        {"virtual_machine", "arn:aws:backup-gateway:*:*:vm/*"},
        {"cloudformation", "arn:aws:cloudformation:*:*:stack/*"},
        {"sap_hana", "arn:aws:ssm-sap:*:*:HANA/*"},
        {"eks", "arn:aws:eks:*:*:cluster/*"},
    };
    bp_str words[64];
    size_t count = bp_pattern_words(NULL, words, 64);
    assert_int_equal(count, sizeof rows / sizeof rows[0]);
    for (size_t i = 0; i < count; i++) {
        assert_true(bp_str_is(words[i], rows[i][0]));
        assert_string_equal(bp_pattern_of_word(NULL, words[i]), rows[i][1]);
    }
    assert_null(bp_pattern_of_word(NULL, BP_STR("aurora")));
    assert_null(bp_pattern_of_word(NULL, BP_STR("")));
    assert_null(bp_pattern_of_word(NULL, BP_STR("RDS")));
    assert_int_equal(bp_pattern_words(NULL, words, 3), 3);
}

static void
a_pattern_tells_the_types_it_hides(void **state)
{
    (void)state;
    const bp_type *types[64];
    assert_int_equal(bp_types_of_pattern(NULL, BP_STR("arn:aws:rds:*:*:cluster:*"), types, 64), 4);
    assert_int_equal(
        bp_types_of_pattern(NULL, BP_STR("arn:aws-us-gov:rds:*:*:cluster:*"), types, 64), 4);
    assert_int_equal(
        bp_types_of_pattern(NULL, BP_STR("arn:aws-cn:fsx:*:*:file-system/*"), types, 64), 3);
    assert_int_equal(bp_types_of_pattern(NULL, BP_STR("arn:aws:dynamodb:*:*:table/*"), types, 64),
                     2);
    assert_false(types[0]->advanced);
    assert_true(types[1]->advanced);
    assert_int_equal(bp_types_of_pattern(NULL, BP_STR("arn:aws:s3:::*"), types, 64), 1);
    assert_int_equal(bp_types_of_pattern(NULL, BP_STR("arn:aws-xx:s3:::*"), types, 64), 0);
    assert_int_equal(bp_types_of_pattern(NULL, BP_STR("arn:aws:rds:*:*:Cluster:*"), types, 64), 0);
    assert_int_equal(bp_types_of_pattern(NULL, BP_STR("arn:aws"), types, 64), 0);
    assert_int_equal(bp_types_of_pattern(NULL, BP_STR(""), types, 64), 0);
    assert_int_equal(bp_types_of_pattern(NULL, BP_STR("*"), types, 64), 24);
}

static void
copies_by_type(void **state)
{
    (void)state;
    const bp_type *redshift = bp_type_find(NULL, BP_STR("redshift"));
    assert_int_equal(redshift->cross_region, BP_ABSENT);
    assert_int_equal(bp_type_mark(redshift, "cross_region"), BP_MARK_UNSURE);
    assert_int_equal(redshift->air_gapped_vault, BP_UNKNOWN);
    assert_int_equal(bp_type_find(NULL, BP_STR("dynamodb"))->cross_region, BP_ABSENT);
    assert_int_equal(bp_type_find(NULL, BP_STR("dynamodb_advanced"))->cross_region, BP_PRESENT);
    assert_true(bp_type_find(NULL, BP_STR("aurora"))->opt_in_always);
    assert_false(bp_type_find(NULL, BP_STR("rds_instance"))->opt_in_always);
    assert_true(bp_type_unsure(bp_type_find(NULL, BP_STR("aurora_dsql")), "cold_storage"));
    assert_false(bp_type_unsure(bp_type_find(NULL, BP_STR("aurora_dsql")), "cold"));
    assert_string_equal(bp_type_api_name(NULL, BP_STR("storage gateway")), "Storage Gateway");
    assert_null(bp_type_api_name(NULL, BP_STR("Lambda")));
}

static void
copy_exceptions_name_types_and_regions(void **state)
{
    (void)state;
    size_t count = 0;
    size_t all = 0;
    bp_regions(NULL, &all);
    const bp_copy_exception *rows = bp_copy_exceptions(NULL, &count);
    assert_int_equal(count, 15);
    bp_region_mask milan = BP_REGION_BIT(bp_region_index(NULL, BP_STR("eu-south-1")));
    bp_region_mask bahrain = BP_REGION_BIT(bp_region_index(NULL, BP_STR("me-south-1")));
    for (size_t i = 0; i < count; i++) {
        assert_non_null(bp_type_find(NULL, bp_str_of(rows[i].type)));
        check_source(rows[i].source);
        if (strcmp(rows[i].type, "timestream") == 0) {
            assert_true(rows[i].regions == bp_regions_opt_in(NULL));
        } else if (strcmp(rows[i].type, "rds_multi_az_cluster") == 0) {
            assert_true(rows[i].regions == BP_REGION_BIT(all) - 1);
            assert_int_equal(rows[i].mark, BP_MARK_CONFLICT);
        } else if (strcmp(rows[i].type, "neptune") == 0 && rows[i].kind == BP_COPY_CROSS_REGION) {
            assert_true(rows[i].regions & milan);
            assert_false(rows[i].regions & bahrain);
        } else if (strcmp(rows[i].type, "documentdb") == 0) {
            assert_true(rows[i].regions == 0);
            assert_string_equal(rows[i].changed, "2026-08-26");
        }
    }
}

static void
quotas_policies_and_sources(void **state)
{
    (void)state;
    assert_int_equal(bp_quota_find(NULL, "POL_CHARS")->value, 10000);
    assert_int_equal(bp_quota_find(NULL, "COLD_GAP")->value, 90);
    assert_true(bp_quota_find(NULL, "COLD_GAP")->smallest);
    assert_false(bp_quota_find(NULL, "ORG_OU_DEPTH")->smallest);
    size_t count = 0;
    const bp_quota *quotas = bp_quotas(NULL, &count);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(bp_quota_find(NULL, quotas[i].id), &quotas[i]);
        check_source(quotas[i].source);
    }
    const bp_managed_policy *policies = bp_managed_policies(NULL, &count);
    size_t permits = 0;
    for (size_t i = 0; i < count; i++) {
        permits += policies[i].permit[0] != '\0';
        check_source(policies[i].source);
    }
    assert_int_equal(permits, 4);
    assert_string_equal(policies[0].path, "service-role/AWSBackupServiceRolePolicyForBackup");
    assert_string_equal(bp_facts_as_of(), "2026-09-24");
    assert_non_null(strstr(bp_fact_source(BP_STR("DH")), "2026-09-24"));
    assert_null(bp_fact_source(BP_STR("XX")));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_regions_stand_sorted_in_eight_partitions),
        cmocka_unit_test(regions_are_found_by_exact_code_only),
        cmocka_unit_test(a_shape_is_a_prefix_a_word_and_a_number),
        cmocka_unit_test(opt_in_and_policies_by_region),
        cmocka_unit_test(types_have_sources_and_patterns),
        cmocka_unit_test(words_and_patterns_of_the_language),
        cmocka_unit_test(a_pattern_tells_the_types_it_hides),
        cmocka_unit_test(copies_by_type),
        cmocka_unit_test(copy_exceptions_name_types_and_regions),
        cmocka_unit_test(quotas_policies_and_sources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

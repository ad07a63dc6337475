/*
 * ARNs: whose a thing is, checked against what the envelope says, and which resource types an ARN
 * can be of, by the patterns of the facts table.
 */
#include "compiler/inventory/survey_parts.h"

#include <string.h>

uint64_t
bp_key_hash(bp_str id)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < id.size; i++) {
        hash = (hash ^ (unsigned char)id.at[i]) * UINT64_C(0x100000001B3);
    }
    hash = (hash ^ hash >> 32) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

bool
bp_arn_parse(bp_str text, bp_arn *arn)
{
    bp_str part[5];
    const char *at = text.at;
    const char *end = at + text.size;
    if (text.size < 4 || memcmp(at, "arn:", 4) != 0) {
        return false;
    }
    for (size_t i = 0; i < 5; i++) {
        const char *colon = memchr(at, ':', (size_t)(end - at));
        if (colon == NULL) {
            return false;
        }
        part[i] = (bp_str){at, (size_t)(colon - at)};
        at = colon + 1;
    }
    *arn = (bp_arn){part[1], part[2], part[3], part[4], {at, (size_t)(end - at)}};
    return part[1].size > 0 && part[2].size > 0 && at < end;
}

bool
bp_dump_partition(bp_dump *dump, bp_str partition)
{
    bp_survey *survey = dump->survey;
    if (bp_str_equal(survey->partition, partition)) {
        return true;
    }
    if (!bp_partition_known(partition)) {
        bp_dump_report(dump, "TOP010", "IMP022",
                       "ARN of the partition \"%.*s\", which is not known", BP_ARG(partition));
        dump->spoiled = true;
        return false;
    }
    if (survey->partition.size == 0) {
        survey->partition = bp_str_copy(survey->arena, partition);
        survey->partition_path = bp_str_copy(survey->arena, dump->path);
        return true;
    }
    dump->spoiled = true;
    survey->broken = true;
    if (!survey->partition_told) {
        survey->partition_told = true;
        bp_dump_report(dump, "TOP014", "IMP035",
                       "partition \"%.*s\" here and \"%.*s\" in \"%.*s\"; an organization lies in "
                       "one partition",
                       BP_ARG(partition), BP_ARG(survey->partition),
                       BP_ARG(survey->partition_path));
    }
    return false;
}

static bool
other_organization(bp_dump *dump, const char *what, bp_str now, bp_str before)
{
    bp_survey *survey = dump->survey;
    survey->broken = true;
    if (!survey->org_told) {
        survey->org_told = true;
        bp_dump_report(dump, "TOP014", "IMP035",
                       "%s \"%.*s\" here and \"%.*s\" in another dump; an inventory is of one "
                       "organization",
                       what, BP_ARG(now), BP_ARG(before));
    }
    return false;
}

bool
bp_dump_org_arn(bp_dump *dump, bp_str text)
{
    bp_survey *survey = dump->survey;
    bp_arn arn;
    if (!bp_arn_parse(text, &arn) || !bp_is_account_number(arn.account)) {
        return true;
    }
    bp_str id = bp_str_cut(arn.rest, bp_str_find(arn.rest, '/') + 1, arn.rest.size);
    id = bp_str_cut(id, 0, bp_str_find(id, '/'));
    if (!bp_is_org_id(id)) {
        return true;
    }
    if (survey->org_id.size == 0) {
        survey->org_id = bp_kept(survey, id);
    }
    if (survey->management.size == 0) {
        survey->management = bp_kept(survey, arn.account);
    }
    if (!bp_str_equal(survey->org_id, id)) {
        return other_organization(dump, "organization", id, survey->org_id);
    }
    return bp_str_equal(survey->management, arn.account) ||
           other_organization(dump, "management account", arn.account, survey->management);
}

static bool
disagrees(bp_dump *dump, const char *what, bp_str said, bp_str found)
{
    bool path = (dump->from_path &
                 (bp_str_is(bp_str_of(what), "account") ? BP_ABOUT_ACCOUNT : BP_ABOUT_REGION)) != 0;
    bp_dump_report(dump, "IMP014", "IMP014", "ARN of %s \"%.*s\" in an answer of %s \"%.*s\"%s",
                   what, BP_ARG(found), what, BP_ARG(said), path ? ", as its path says" : "");
    dump->spoiled = true;
    return false;
}

bool
bp_dump_agrees(bp_dump *dump, const bp_arn *arn)
{
    if (dump->region >= 0 && arn->account.size > 0 && bp_str_equal(arn->account, dump->account) &&
        bp_str_equal(arn->region, dump->region_code)) {
        return true; /* the usual case: compared to what was judged before */
    }
    if (arn->account.size > 0 && !bp_is_account_number(arn->account)) {
        bp_dump_report(dump, "SYN005", "IMP021",
                       "\"%.*s\" in an ARN is no account id; an account id is 12 digits",
                       BP_ARG(arn->account));
        dump->spoiled = true;
        return false;
    }
    if (arn->account.size > 0 && dump->account.size > 0 &&
        !bp_str_equal(arn->account, dump->account)) {
        return disagrees(dump, "account", dump->account, arn->account);
    }
    if (arn->region.size > 0 && dump->region_code.size > 0 &&
        !bp_str_equal(arn->region, dump->region_code)) {
        return disagrees(dump, "Region", dump->region_code, arn->region);
    }
    if (arn->region.size > 0 && bp_region_index(dump->survey->options.facts, arn->region) < 0) {
        bp_dump_report(dump, "REG001", "IMP022", "Region \"%.*s\" is not known",
                       BP_ARG(arn->region));
        dump->spoiled = true;
        return false;
    }
    return true;
}

bool
bp_dump_cell_of(bp_dump *dump, const bp_arn *arn)
{
    bool fresh = dump->account.size == 0 && dump->region_code.size == 0;
    if (!fresh && !dump->derived) {
        return bp_dump_agrees(dump, arn);
    }
    bool same =
        bp_str_equal(dump->account, arn->account) && bp_str_equal(dump->region_code, arn->region);
    if (!fresh && same) {
        return true;
    }
    if (!fresh && !dump->spoiled) {
        bp_dump_next_group(dump);
    }
    dump->derived = true;
    dump->account = BP_STR("");
    dump->region_code = BP_STR("");
    if (!bp_dump_agrees(dump, arn)) {
        return false;
    }
    dump->account = bp_kept(dump->survey, arn->account);
    bp_dump_set_region(dump, arn->region);
    return true;
}

/* Whether a text fits a pattern in which '*' stands for any bytes. Linear in the usual case: the
 * last '*' alone is tried again. */
static bool
fits(bp_str pattern, bp_str text)
{
    size_t p = 0;
    size_t star = SIZE_MAX;
    size_t again = 0;
    for (size_t i = 0; i < text.size;) {
        if (p < pattern.size && pattern.at[p] == '*') {
            star = p++;
            again = i;
        } else if (p < pattern.size && pattern.at[p] == text.at[i]) {
            p++;
            i++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            i = ++again;
        } else {
            return false;
        }
    }
    while (p < pattern.size && pattern.at[p] == '*') {
        p++;
    }
    return p == pattern.size;
}

bp_str
bp_arn_types(const bp_facts *facts, bp_arena *arena, bp_str arn)
{
    size_t count = 0;
    const bp_type *types = bp_types(facts, &count);
    bp_buf ids = {.arena = arena};
    bp_arn parts;
    if (!bp_arn_parse(arn, &parts)) {
        return BP_STR("");
    }
    /* the part that follows the partition: patterns are written for the partition aws */
    bp_str rest = bp_str_cut(arn, 4 + parts.partition.size, arn.size);
    bool s3 = bp_str_is(parts.service, "s3");
    for (size_t i = 0; i < count; i++) {
        bp_str pattern = bp_str_of(types[i].pattern);
        if (pattern.size < 8 || !bp_str_starts(pattern, BP_STR("arn:aws:"))) {
            continue;
        }
        bool one = !s3 || bp_str_find(parts.rest, '/') == parts.rest.size; /* a bucket, no object */
        if (one && fits(bp_str_cut(pattern, 7, pattern.size), rest)) {
            bp_buf_format(&ids, "%s%s", ids.size == 0 ? "" : " ", types[i].id);
        }
    }
    return bp_buf_text(&ids);
}

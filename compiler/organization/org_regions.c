/*
 * Region codes and Region sets of the inventory.
 *
 * Where a Region set may stand, a scalar is a Region code or the name of a set, and a list holds
 * codes. Display names are accepted nowhere; the message knows them.
 */
#include "compiler/organization/org_reader.h"

static const char belongs[] = "a Region code, a list of them, or the name of a set";

/* An unknown code: REG001, with the code of a display name or the nearest one. */
static void
report_unknown(bp_org_reader *reader, bp_yaml_event item)
{
    const bp_region *named = bp_region_by_name(reader->org->facts, item.text);
    bp_finding *finding = bp_report(reader->list, "REG001", item.span,
                                    named != NULL ? "\"%.*s\" is the name of a Region, not its code"
                                                  : "unknown Region \"%.*s\"",
                                    BP_ARG(item.text));
    bp_suggester suggester = bp_suggest_start(item.text);
    size_t count = 0;
    const bp_region *regions = bp_regions(reader->org->facts, &count);
    for (size_t i = 0; i < count && named == NULL; i++) {
        bp_suggest_offer(&suggester, bp_str_of(regions[i].code));
    }
    bp_str code = named != NULL ? bp_str_of(named->code) : suggester.best;
    if (code.size > 0) {
        bp_finding_fix(reader->list, finding, named != NULL, item.span, code,
                       "replace with \"%.*s\"", BP_ARG(code));
    }
}

/* A Region of another partition than the organization's: REG002. */
static bool
in_partition(bp_org_reader *reader, bp_yaml_event item, const bp_region *region)
{
    bp_str partition = reader->org->partition;
    if (!bp_partition_known(partition) || bp_str_is(partition, region->partition)) {
        return true;
    }
    bp_report(reader->list, "REG002", item.span,
              "Region %s belongs to partition %s; the organization is in %.*s", region->code,
              region->partition, BP_ARG(partition));
    return false;
}

bool
bp_org_region_code(bp_org_reader *reader, bp_yaml_event item, int *index)
{
    bp_str text = {NULL, 0};
    if (!bp_org_text(reader, item, "a Region code", &text)) {
        return false;
    }
    *index = bp_region_index(reader->org->facts, text);
    if (*index < 0) {
        report_unknown(reader, item);
        return false;
    }
    size_t count = 0;
    return in_partition(reader, item, &bp_regions(reader->org->facts, &count)[*index]);
}

typedef struct region_list {
    bp_region_mask mask;
    bp_span first[64];
} region_list;

static void
read_code(bp_org_reader *reader, void *into, bp_yaml_event key, bp_yaml_event item)
{
    (void)key;
    region_list *list = into;
    int index = 0;
    if (!bp_org_region_code(reader, item, &index)) {
        return;
    }
    if ((list->mask & BP_REGION_BIT(index)) != 0) {
        bp_finding *finding = bp_report(reader->list, "REG007", item.span,
                                        "Region %.*s twice in one list", BP_ARG(item.text));
        bp_finding_label(reader->list, finding, list->first[index], "first here");
        return;
    }
    list->mask |= BP_REGION_BIT(index);
    list->first[index] = item.span;
}

/* Whether a scalar was rather meant as a Region than as the name of a set. */
static bool
means_region(const bp_org_reader *reader, bp_str text)
{
    return bp_region_shaped(text) || bp_region_by_name(reader->org->facts, text) != NULL ||
           bp_str_find(text, ' ') < text.size;
}

void
bp_org_region_set(bp_org_reader *reader, bp_yaml_event first, bp_region_mask *mask)
{
    *mask = 0;
    if (first.kind == BP_YAML_LIST) {
        region_list list;
        list.mask = 0;
        bp_org_list(reader, first, belongs, read_code, &list);
        *mask = list.mask;
        return;
    }
    bp_str text = {NULL, 0};
    if (!bp_org_text(reader, first, belongs, &text)) {
        return;
    }
    int index = bp_region_index(reader->org->facts, text);
    if (index >= 0 || means_region(reader, text)) {
        if (bp_org_region_code(reader, first, &index)) {
            *mask = BP_REGION_BIT(index);
        }
        return;
    }
    const bp_org_set *set = bp_org_find_set(reader, BP_SET_REGIONS, first);
    if (set != NULL) {
        *mask = *(const bp_region_mask *)set->value;
    }
}

void
bp_org_seen(bp_org_reader *reader, bp_yaml_event first, bp_region_mask *mask)
{
    bool word = first.kind == BP_YAML_SCALAR &&
                (bp_str_is(first.text, "none") || bp_str_is(first.text, "unknown"));
    *mask = 0;
    if (!word) {
        bp_org_region_set(reader, first, mask);
    }
}

bp_region_mask
bp_org_seen_for_none(const bp_org_reader *reader)
{
    return reader->seen_known ? reader->seen
                              : bp_regions_of_partition(reader->org->facts, reader->org->partition);
}

/*
 * References: the parts of vault and role ARNs, each with its place inside the written text.
 *
 * Only the shape is looked at, as far as it is needed to take the text apart. Whether names,
 * Regions and accounts are good is for checks.
 */
#include "compiler/policy/tree.h"

enum { ARN_FIELDS = 6 };

typedef struct fields {
    size_t start[ARN_FIELDS + 1]; /* offset of each field; the last one takes the rest */
    size_t end[ARN_FIELDS + 1];
} fields;

/* Cuts "arn:P:service:R:A:rest"; false if there are fewer fields. */
static bool
cut_fields(bp_str arn, fields *cut)
{
    size_t at = 0;
    for (size_t i = 0; i < ARN_FIELDS; i++) {
        size_t end = at + bp_str_find(bp_str_cut(arn, at, arn.size), ':');
        if (i + 1 == ARN_FIELDS) {
            end = arn.size;
        } else if (end >= arn.size) {
            return false;
        }
        cut->start[i] = at;
        cut->end[i] = end;
        at = end + 1;
    }
    return true;
}

/* The place of bytes of the text; the whole where the text was written with escapes. */
static bp_span
part_span(bp_str arn, bp_span span, size_t start, size_t end)
{
    if (!bp_span_exists(span) || span.end - span.start != arn.size) {
        return span;
    }
    return (bp_span){span.source, span.start + (uint32_t)start, span.start + (uint32_t)end};
}

static bp_str
field(bp_str arn, const fields *cut, size_t index)
{
    return bp_str_cut(arn, cut->start[index], cut->end[index]);
}

const bp_reference *
bp_reference_of_arn(bp_arena *arena, bp_str arn, bp_span span, bp_reference_kind kind)
{
    fields cut;
    if (kind == BP_REF_NONE || !cut_fields(arn, &cut) || !bp_str_is(field(arn, &cut, 0), "arn")) {
        return NULL;
    }
    bool vault = kind == BP_REF_VAULT;
    bp_str prefix = vault ? BP_STR("backup-vault:") : BP_STR("role/");
    bp_str rest = field(arn, &cut, 5);
    if (!bp_str_is(field(arn, &cut, 2), vault ? "backup" : "iam") || !bp_str_starts(rest, prefix) ||
        (!vault && cut.start[3] != cut.end[3])) {
        return NULL;
    }
    size_t name = cut.start[5] + prefix.size;
    bp_str path = {0};
    if (!vault) {
        size_t slash = arn.size;
        while (slash > name && arn.at[slash - 1] != '/') {
            slash--;
        }
        path = bp_str_format(arena, "/%.*s", BP_ARG(bp_str_cut(arn, name, slash)));
        name = slash;
    }
    bp_reference *reference = BP_NEW(arena, bp_reference);
    reference->kind = kind;
    reference->literal = true;
    reference->partition = field(arn, &cut, 1);
    reference->region = field(arn, &cut, 3);
    reference->region_span = part_span(arn, span, cut.start[3], cut.end[3]);
    reference->account = field(arn, &cut, 4);
    reference->account_span = part_span(arn, span, cut.start[4], cut.end[4]);
    reference->path = path;
    reference->name = bp_str_cut(arn, name, arn.size);
    reference->name_span = part_span(arn, span, name, arn.size);
    return reference;
}

/*
 * Scalars, lists, Region sets and rows of the canonical form. What they mean is not known here.
 */
#include "compiler/organization/write_parts.h"

#include <stdlib.h>
#include <string.h>

const bp_org_value bp_org_none = {.name = {"none", 4}};

static bool
is_plain(bp_str text)
{
    static const char *const words[] = {"true", "false", "yes",  "no",   "on",     "off",
                                        "y",    "n",     "null", "none", "unknown"};
    if (text.size == 0 || !(bp_is_alpha(text.at[0]) || text.at[0] == '_')) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (!bp_is_alnum(text.at[i]) && memchr("_./@+-", text.at[i], 6) == NULL) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (bp_str_equal_folded(text, bp_str_of(words[i]))) {
            return false;
        }
    }
    return true;
}

/* How many bytes at `at` a reader of YAML would not keep as they are (controls, foreign line
 * breaks, a BOM), and the escape for them; 0: none. */
static size_t
escape_of(bp_str rest, char escape[8])
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char c = (unsigned char)rest.at[0];
    unsigned char next = rest.size > 1 ? (unsigned char)rest.at[1] : 0;
    unsigned char last = rest.size > 2 ? (unsigned char)rest.at[2] : 0;
    bool c1 = c == 0xC2 && next >= 0x80 && next < 0xA0;
    unsigned code = c1 ? next : c;
    if (c < 0x20 || c == 0x7F || c1) {
        memcpy(escape, "\\x00", 5);
        escape[2] = digits[code >> 4];
        escape[3] = digits[code & 15];
        return c1 ? 2 : 1;
    }
    const char *wide = c == 0xE2 && next == 0x80 && last == 0xA8   ? "\\u2028"
                       : c == 0xE2 && next == 0x80 && last == 0xA9 ? "\\u2029"
                       : c == 0xEF && next == 0xBB && last == 0xBF ? "\\uFEFF"
                       : c == 0xEF && next == 0xBF && last == 0xBE ? "\\uFFFE"
                       : c == 0xEF && next == 0xBF && last == 0xBF ? "\\uFFFF"
                                                                   : NULL;
    if (wide == NULL) {
        return 0;
    }
    memcpy(escape, wide, 7);
    return 3;
}

void
bp_org_put_quoted(bp_buf *out, bp_str text)
{
    bp_buf_add_char(out, '"');
    for (size_t i = 0; i < text.size;) {
        char c = text.at[i];
        char escape[8] = "";
        if (c == '"' || c == '\\') {
            bp_buf_add_char(out, '\\');
            bp_buf_add_char(out, c);
            i++;
        } else if (c == '\n' || c == '\t') {
            bp_buf_add_c(out, c == '\n' ? "\\n" : "\\t");
            i++;
        } else {
            size_t taken = escape_of(bp_str_cut(text, i, text.size), escape);
            if (taken == 0) {
                bp_buf_add_char(out, c);
            } else {
                bp_buf_add_c(out, escape);
            }
            i += taken == 0 ? 1 : taken;
        }
    }
    bp_buf_add_char(out, '"');
}

void
bp_org_put_text(bp_buf *out, bp_str text)
{
    if (is_plain(text)) {
        bp_buf_add(out, text);
    } else {
        bp_org_put_quoted(out, text);
    }
}

static int
by_bytes(const void *a, const void *b)
{
    return bp_str_compare(*(const bp_str *)a, *(const bp_str *)b);
}

void
bp_org_put_names(bp_org_writer *writer, bp_buf *out, const bp_str *names, size_t count)
{
    writer->names.count = 0;
    for (size_t i = 0; i < count; i++) {
        *bp_vec_add(writer->arena, &writer->names) = names[i];
    }
    if (count > 1) {
        qsort(writer->names.at, count, sizeof *writer->names.at, by_bytes);
    }
    bp_buf_add_char(out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && bp_str_equal(writer->names.at[i - 1], writer->names.at[i])) {
            continue;
        }
        bp_buf_add_c(out, i == 0 ? "" : ", ");
        bp_org_put_text(out, writer->names.at[i]);
    }
    bp_buf_add_char(out, ']');
}

void
bp_org_order_regions(bp_org_writer *writer)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(writer->org->facts, &count);
    for (unsigned i = 0; i < count; i++) {
        unsigned at = i;
        for (; at > 0 && strcmp(regions[writer->order[at - 1]].code, regions[i].code) > 0; at--) {
            writer->order[at] = writer->order[at - 1];
        }
        writer->order[at] = i;
    }
    for (unsigned i = 0; i < count; i++) {
        writer->rank[writer->order[i]] = i;
    }
    writer->regions = count;
}

static void
put_list(const bp_org_writer *writer, bp_buf *out, bp_region_mask mask)
{
    size_t count = 0;
    const bp_region *regions = bp_regions(writer->org->facts, &count);
    const char *between = "[";
    for (size_t i = 0; i < writer->regions; i++) {
        if ((mask & BP_REGION_BIT(writer->order[i])) != 0) {
            bp_buf_add_c(out, between);
            bp_buf_add_c(out, regions[writer->order[i]].code);
            between = ", ";
        }
    }
    bp_buf_add_char(out, ']');
}

void
bp_org_put_regions(bp_org_writer *writer, bp_buf *out, bp_region_mask mask)
{
    bool several = (mask & (mask - 1)) != 0;
    bp_str name = several ? bp_org_regions_name(writer, mask) : (bp_str){NULL, 0};
    if (mask == 0) {
        bp_buf_add_c(out, "none");
    } else if (writer->pass != BP_PASS_NAME) {
        put_list(writer, out, mask);
    } else if (several) {
        bp_org_put_text(out, name);
    } else {
        size_t count = 0;
        const bp_region *regions = bp_regions(writer->org->facts, &count);
        for (size_t i = 0; i < count; i++) {
            bp_buf_add_c(out, (mask & BP_REGION_BIT(i)) != 0 ? regions[i].code : "");
        }
    }
}

void
bp_org_rows_begin(bp_org_writer *writer)
{
    writer->rows.count = 0;
    writer->text.size = 0;
}

bp_org_row *
bp_org_rows_add(bp_org_writer *writer, bp_str key, bp_region_mask in)
{
    bp_org_row *row = bp_vec_add(writer->arena, &writer->rows);
    *row = (bp_org_row){.key = key, .in = in, .start = writer->text.size};
    return row;
}

static int
by_tail(const void *a, const void *b)
{
    const bp_org_row *one = a;
    const bp_org_row *other = b;
    int order = bp_str_compare(one->key, other->key);
    return order != 0 ? order : bp_str_compare(one->tail, other->tail);
}

static int
by_place(const void *a, const void *b)
{
    const bp_org_row *one = a;
    const bp_org_row *other = b;
    int order = bp_str_compare(one->key, other->key);
    if (order == 0) {
        order = (one->first > other->first) - (one->first < other->first);
    }
    if (order == 0) {
        order = bp_str_compare(one->tail, other->tail);
    }
    return order != 0 ? order : (one->in > other->in) - (one->in < other->in);
}

static void
place(bp_org_writer *writer, bp_org_row *row)
{
    row->first = 0;
    while (row->first < writer->regions &&
           (row->in & BP_REGION_BIT(writer->order[row->first])) == 0) {
        row->first++;
    }
}

void
bp_org_rows_settle(bp_org_writer *writer, bool merge)
{
    size_t count = writer->rows.count;
    bp_org_row *rows = writer->rows.at;
    bp_str text = bp_buf_text(&writer->text);
    for (size_t i = 0; i < count; i++) {
        rows[i].tail =
            bp_str_cut(text, rows[i].start, i + 1 < count ? rows[i + 1].start : text.size);
        place(writer, &rows[i]);
    }
    if (count < 2) {
        return;
    }
    qsort(rows, count, sizeof *rows, merge ? by_tail : by_place);
    size_t kept = 1;
    for (size_t i = 1; i < count; i++) {
        bp_org_row *last = &rows[kept - 1];
        bool same = by_tail(last, &rows[i]) == 0 && (merge || last->in == rows[i].in);
        if (same) {
            last->in |= rows[i].in;
        } else {
            rows[kept++] = rows[i];
        }
    }
    writer->rows.count = kept;
    if (merge) {
        for (size_t i = 0; i < kept; i++) {
            place(writer, &rows[i]);
        }
        qsort(rows, kept, sizeof *rows, by_place);
    }
}

/*
 * The lines that the formatter writes. Code comes first; only when all lines are known do the
 * comments behind code find their columns: one alone keeps its distance, those that stood below one
 * another in one column still do. What stands on which line is not decided here.
 */
#include "grammar/format_parts.h"

/* A distance above is cut; a line that would need more blanks to reach the column of its
 * neighbours keeps a distance of its own. Both keep hostile texts from growing. */
enum { WIDEST_GAP = 40, WIDEST_PAD = 120 };

void
bp_lines_open(bp_lines *lines, uint32_t level)
{
    uint32_t start = (uint32_t)lines->code.size;
    *bp_vec_add(lines->arena, &lines->lines) = (bp_line){.start = start, .end = start};
    lines->width = 0;
    bp_lines_spaces(lines, level * BP_FORMAT_INDENT);
}

void
bp_lines_add(bp_lines *lines, bp_str text, uint32_t width)
{
    bp_buf_add(&lines->code, text);
    lines->width += width;
}

void
bp_lines_spaces(bp_lines *lines, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        bp_buf_add_char(&lines->code, ' ');
    }
    lines->width += count;
}

void
bp_lines_close(bp_lines *lines, const bp_comment *tail)
{
    bp_line *line = &lines->lines.at[lines->lines.count - 1];
    line->end = (uint32_t)lines->code.size;
    line->width = lines->width;
    line->tail = tail;
}

void
bp_lines_blank(bp_lines *lines)
{
    uint32_t start = (uint32_t)lines->code.size;
    *bp_vec_add(lines->arena, &lines->lines) = (bp_line){.start = start, .end = start};
}

void
bp_lines_comment(bp_lines *lines, uint32_t level, const bp_comment *comment)
{
    bp_lines_open(lines, level);
    bp_lines_add(lines, comment->text, 0);
    bp_lines_close(lines, NULL);
}

static uint32_t
distance(const bp_comment *tail)
{
    return tail->gap == 0 ? 1 : tail->gap > WIDEST_GAP ? WIDEST_GAP : tail->gap;
}

/* One past the last of the neighbouring lines whose comments stood in the column of the first. */
static size_t
run_end(const bp_lines *lines, size_t first)
{
    size_t end = first + 1;
    while (end < lines->lines.count && lines->lines.at[end].tail != NULL &&
           lines->lines.at[end].tail->column == lines->lines.at[first].tail->column) {
        end++;
    }
    return end;
}

/* The column of the comments of a run. */
static uint32_t
run_column(const bp_lines *lines, size_t first, size_t end)
{
    uint32_t widest = 0;
    uint32_t nearest = WIDEST_GAP;
    for (size_t i = first; i < end; i++) {
        const bp_line *line = &lines->lines.at[i];
        widest = line->width > widest ? line->width : widest;
        nearest = distance(line->tail) < nearest ? distance(line->tail) : nearest;
    }
    return widest + nearest;
}

static void
write_line(const bp_lines *lines, const bp_line *line, uint32_t column, bp_buf *out)
{
    bp_buf_add(out, bp_str_cut(bp_buf_text(&lines->code), line->start, line->end));
    if (line->tail != NULL) {
        uint32_t pad = column - line->width;
        pad = pad > WIDEST_PAD ? distance(line->tail) : pad;
        bp_buf_format(out, "%*s", (int)pad, "");
        bp_buf_add(out, line->tail->text);
    }
    bp_buf_add_char(out, '\n');
}

void
bp_lines_write(const bp_lines *lines, bp_buf *out)
{
    for (size_t i = 0; i < lines->lines.count;) {
        bool tail = lines->lines.at[i].tail != NULL;
        size_t end = tail ? run_end(lines, i) : i + 1;
        uint32_t column = tail ? run_column(lines, i, end) : 0;
        for (; i < end; i++) {
            write_line(lines, &lines->lines.at[i], column, out);
        }
    }
}

/* Paths as text: cleaning, folder part, joining. Nothing here looks at the disk. */
#include "lib/file.h"

bool
bp_path_clean(bp_arena *arena, bp_str path, bp_str *clean)
{
    bp_buf buf = {.arena = arena};
    if (bp_str_starts(path, BP_STR("/")) || bp_str_find(path, '\0') < path.size) {
        return false;
    }
    for (size_t at = 0; at < path.size;) {
        bp_str rest = bp_str_cut(path, at, path.size);
        bp_str segment = bp_str_cut(rest, 0, bp_str_find(rest, '/'));
        if (bp_str_is(segment, "..")) {
            return false;
        }
        if (segment.size > 0 && !bp_str_is(segment, ".")) {
            if (buf.size > 0) {
                bp_buf_add_char(&buf, '/');
            }
            bp_buf_add(&buf, segment);
        }
        at += segment.size + 1;
    }
    *clean = bp_buf_text(&buf);
    return clean->size > 0;
}

bp_str
bp_path_folder(bp_str path)
{
    size_t end = path.size;
    while (end > 0 && path.at[end - 1] != '/') {
        end--;
    }
    /* "/x" lies in "/", everything else in what stands before the slash. */
    return bp_str_cut(path, 0, end > 1 ? end - 1 : end);
}

bp_str
bp_path_join(bp_arena *arena, bp_str folder, bp_str name)
{
    bp_buf buf = {.arena = arena};
    bp_buf_add(&buf, folder);
    if (folder.size > 0 && name.size > 0 && !bp_str_ends(folder, BP_STR("/"))) {
        bp_buf_add_char(&buf, '/');
    }
    bp_buf_add(&buf, name);
    return bp_buf_text(&buf);
}

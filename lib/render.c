/* The list of formats; a format is a row here and a file. */
#include "lib/render.h"

bp_renderer *
bp_render_find(bp_str name, const char **names)
{
    static const struct {
        const char *name;
        bp_renderer *render;
    } formats[] = {{"text", bp_render_text},
                   {"line", bp_render_line},
                   {"json", bp_render_json},
                   {"github", bp_render_github}};
    if (names != NULL) {
        *names = "text, line, json, github";
    }
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (bp_str_is(name, formats[i].name)) {
            return formats[i].render;
        }
    }
    return NULL;
}

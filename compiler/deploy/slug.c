/*
 * Slugs: the names of files and stack sets, made from names of people.
 *
 * The mapping is fixed for good (a changed slug is a renamed stack set, that is a second vault);
 * collisions are refused elsewhere, never repaired with a suffix.
 */
#include "compiler/deploy/deployment.h"

#include "lib/sha256.h"

enum { SLUG_MAX = 80 };

bp_str
bp_slug(bp_arena *arena, bp_str name)
{
    bp_buf slug = {.arena = arena};
    bool gap = false;
    for (size_t i = 0; i < name.size && slug.size < SLUG_MAX; i++) {
        char c = bp_fold_char(name.at[i]);
        if (!bp_is_alnum(c)) {
            gap = true;
            continue;
        }
        if (gap && slug.size > 0) {
            bp_buf_add_char(&slug, '-');
        }
        gap = false;
        if (slug.size < SLUG_MAX) {
            bp_buf_add_char(&slug, c);
        }
    }
    bp_str text = bp_buf_text(&slug);
    while (text.size > 0 && text.at[text.size - 1] == '-') {
        text.size--;
    }
    if (text.size > 0) {
        return bp_str_copy(arena, text);
    }
    bp_str digest = bp_sha256_hex(arena, name);
    return bp_str_format(arena, "n-%.8s", digest.at);
}

bp_str
bp_stack_set_name(bp_arena *arena, bp_stack_kind kind, bp_str name)
{
    return bp_str_format(arena, "backpol-%s-%.*s", kind == BP_STACK_ROLE ? "role" : "vault",
                         BP_ARG(bp_slug(arena, name)));
}

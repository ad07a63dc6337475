/*
 * Members of objects by their names. Nearly all members are plain: keys and strings without
 * escapes, digits, words. Such a one is taken in one go; whatever is not is left, from its first
 * byte on, to the events (json_read.c), which alone know errors. Nothing is kept of members that
 * nobody has a name for but their keys.
 */
#include "lib/json_scan.h"
#include "lib/json_stream.h"

typedef struct member {
    bp_str key;
    size_t number; /* of its name */
    bp_json_kind kind;
    const char *at; /* its value in the window */
    const char *end;
} member;

void
bp_json_names_add(bp_json_names *names, const char *name, size_t longest)
{
    bp_str text = bp_str_of(name);
    if (names->count < BP_JSON_NAMES_MAX) {
        names->sizes |= UINT64_C(1) << (text.size & 63);
        names->longest[names->count] = longest;
        names->at[names->count++] = text;
    }
}

/* Objects of one list have their members in one order: the search begins after the last one. */
size_t
bp_json_names_find(bp_json_names *names, bp_str key)
{
    if ((names->sizes >> (key.size & 63) & 1) == 0) {
        return names->count;
    }
    for (size_t i = 0, at = names->next; i < names->count; i++, at++) {
        at = at >= names->count ? 0 : at;
        if (names->at[at].size == key.size && memcmp(names->at[at].at, key.at, key.size) == 0) {
            names->next = at + 1;
            return at;
        }
    }
    return names->count;
}

static bool
is_container(bp_json_kind kind)
{
    return kind == BP_JSON_OBJECT || kind == BP_JSON_ARRAY;
}

/* Whether a number or word ends here for certain. */
static bool
ends_here(const char *at, const char *end)
{
    return at < end && (*at == ',' || *at == '}' || bp_json_is_blank(*at));
}

static bool
plain_word(const char *word, size_t size, bp_json_kind kind, const char *end, member *out)
{
    out->kind = kind;
    out->end = out->at + size;
    return (size_t)(end - out->at) > size && memcmp(out->at, word, size) == 0 &&
           ends_here(out->end, end);
}

static bool
plain_number(const char *end, member *out)
{
    const char *at = out->at;
    while (at < end && *at >= '0' && *at <= '9') {
        at++;
    }
    out->kind = BP_JSON_NUMBER;
    out->end = at;
    return at - out->at <= NUMBER_MAX && (*out->at != '0' || at - out->at == 1) &&
           ends_here(at, end);
}

/* The value at out->at; false: not a plain one, or too long. */
static bool
plain_value(const char *end, size_t longest, member *out)
{
    const char *at = out->at;
    switch (at < end ? *at : '\0') {
    case '"': {
        const char *stop = bp_json_plain_end(at + 1, end);
        bool good = stop < end && *stop == '"' && (size_t)(stop - at) - 1 < longest;
        out->kind = BP_JSON_STRING;
        out->end = good ? stop + 1 : at;
        return good;
    }
    case '{':
        out->kind = BP_JSON_OBJECT;
        return true;
    case '[':
        out->kind = BP_JSON_ARRAY;
        return true;
    case 't':
        return plain_word("true", 4, BP_JSON_TRUE, end, out);
    case 'f':
        return plain_word("false", 5, BP_JSON_FALSE, end, out);
    case 'n':
        return plain_word("null", 4, BP_JSON_NULL, end, out);
    default:
        return at < end && *at >= '0' && *at <= '9' && plain_number(end, out);
    }
}

/* Takes note of the key of a member. Where an object is read by names from its first key on, a bit
 * tells whether a name stood before. False: it may have stood. */
static bool
note_key(bp_json_reader *on, const bp_json_names *names, size_t number, bp_str key, bp_span span)
{
    bp_json_frame *in = &on->frames[on->depth - 1];
    uint64_t mark = names == NULL ? 0 : names->mark;
    if (on->state == WANT_FIRST_KEY) {
        in->by = mark;
        in->named = 0;
    }
    if (in->by != mark && in->by != 0) {
        bp_json_sketch_keys(on);
    }
    if (names == NULL || in->by == 0 || number == names->count || in->all != NULL) {
        return bp_json_seen_before(on, key, span) == NULL;
    }
    if ((in->named >> number & 1) != 0) {
        return false;
    }
    in->named |= UINT64_C(1) << number;
    bp_json_known_key *added = bp_vec_add(on->arena, &on->keys);
    added->text = key;
    added->sketch = 0;
    added->span = span;
    return true;
}

/* Whatever prints a list of objects prints the way from one member to the next, blanks and key,
 * with the same bytes each time: those that were seen lately are compared as a whole. */
static bool
known_step(bp_json_names *names, bool first, const char *at, const char *end, member *out)
{
    const bp_json_step *last = &names->steps[first ? 0 : names->step];
    for (size_t i = 0; i < 2 && last->next[i] != 0; i++) {
        const bp_json_step *step = &names->steps[last->next[i]];
        if (end - at > step->size && step->first == first &&
            memcmp(at, step->text, step->size) == 0) {
            names->step = last->next[i];
            out->number = step->number;
            out->key = (bp_str){at + step->key, step->key_size};
            out->at = at + step->size;
            return true;
        }
    }
    return false;
}

static void
learn_step(bp_json_names *names, bool first, const char *at, const member *of)
{
    bp_json_step *last = &names->steps[first ? 0 : names->step];
    size_t size = (size_t)(of->at - at);
    size_t id = 1;
    names->step = 0;
    if (size > BP_JSON_STEP_MAX) {
        return;
    }
    while (id < BP_JSON_STEPS &&
           (names->steps[id].size != size || memcmp(names->steps[id].text, at, size) != 0)) {
        id++;
    }
    if (id == BP_JSON_STEPS) {
        id = 1 + names->learned++ % (BP_JSON_STEPS - 1);
        names->steps[id] = (bp_json_step){.size = (uint8_t)size,
                                          .key = (uint8_t)(of->key.at - at),
                                          .key_size = (uint8_t)of->key.size,
                                          .number = (uint8_t)of->number,
                                          .first = first};
        memcpy(names->steps[id].text, at, size);
    }
    if (last->next[0] != id) {
        last->next[1] = last->next[0];
        last->next[0] = (uint8_t)id;
    }
    names->step = id;
}

/* The way to a value byte by byte: a comma, unless it is the first member, a plain key, a colon. */
static bool
plain_step(const bp_json_reader *on, bp_json_names *names, bool first, member *out)
{
    const char *end = on->text.at + on->text.size;
    const char *at = bp_json_after_blanks(on->text.at + on->at, end);
    if (!first) {
        if (at == end || *at != ',') {
            return false;
        }
        at = bp_json_after_blanks(at + 1, end);
    }
    if (at == end || *at != '"') {
        return false;
    }
    const char *stop = bp_json_plain_end(at + 1, end);
    const char *colon = stop == end ? end : bp_json_after_blanks(stop + 1, end);
    out->key = (bp_str){at + 1, (size_t)(stop - at) - 1};
    if (colon == end || *stop != '"' || *colon != ':' || out->key.size >= on->longest) {
        return false;
    }
    out->number = names == NULL ? 0 : bp_json_names_find(names, out->key);
    out->at = bp_json_after_blanks(colon + 1, end);
    return true;
}

static size_t
longest_of(const bp_json_reader *on, const bp_json_names *names, size_t number)
{
    bool told = names != NULL && number < names->count && names->longest[number] != 0;
    return told ? names->longest[number] : on->longest;
}

/* Takes a member if it is plain, but the bracket of a container; else takes nothing. */
static bool
plain_member(bp_json_reader *on, bp_json_names *names, member *out)
{
    if (on->text.size - on->at < BP_JSON_AHEAD && !on->stream.ended) {
        bp_json_more(on, on->at);
    }
    const char *start = on->text.at;
    const char *end = start + on->text.size;
    bool first = on->state == WANT_FIRST_KEY;
    if (!first && on->state != WANT_COMMA_OR_END) {
        return false;
    }
    if (names == NULL || !known_step(names, first, start + on->at, end, out)) {
        if (!plain_step(on, names, first, out)) {
            return false;
        }
        if (names != NULL) {
            learn_step(names, first, start + on->at, out);
        }
    }
    uint32_t key = (uint32_t)on->stream.base + (uint32_t)(out->key.at - start);
    bp_span span = {on->source == NULL ? 0 : on->source->id, key - 1,
                    key + (uint32_t)out->key.size + 1};
    if (!plain_value(end, longest_of(on, names, out->number), out) ||
        !note_key(on, names, out->number, out->key, span)) {
        return false;
    }
    on->state = WANT_COMMA_OR_END;
    on->at = (size_t)((is_container(out->kind) ? out->at : out->end) - start);
    return true;
}

/* Its event. The bracket of a container is taken now. */
static void
give(bp_json_reader *on, const member *of, bp_json_event *out)
{
    if (of->kind == BP_JSON_OBJECT || of->kind == BP_JSON_ARRAY) {
        bp_json_open(on, of->kind == BP_JSON_OBJECT, out);
        if (on->ended) {
            *out = on->last;
        }
        return;
    }
    uint32_t base = (uint32_t)on->stream.base;
    size_t quote = of->kind == BP_JSON_STRING ? 1 : 0;
    *out = (bp_json_event){.kind = of->kind,
                           .span = {on->source == NULL ? 0 : on->source->id,
                                    base + (uint32_t)(of->at - on->text.at),
                                    base + (uint32_t)(of->end - on->text.at)},
                           .text = {of->at + quote, (size_t)(of->end - of->at) - 2 * quote}};
}

bool
bp_json_skip_to(bp_json_reader *on, bp_json_event *last)
{
    size_t open = is_container(last->kind) ? 1 : 0;
    member plain;
    while (open > 0) {
        if (on->depth > 0 && on->frames[on->depth - 1].object && plain_member(on, NULL, &plain)) {
            if (is_container(plain.kind)) {
                give(on, &plain, last);
                open++;
            }
        } else {
            bp_json_read(on, last);
            open += is_container(last->kind);
            open -= last->kind == BP_JSON_OBJECT_END || last->kind == BP_JSON_ARRAY_END;
        }
        if (last->kind == BP_JSON_ERROR) {
            break;
        }
    }
    return last->kind != BP_JSON_ERROR;
}

bool
bp_json_skip(bp_json_reader *on, bp_json_event first)
{
    return bp_json_skip_to(on, &first);
}

static void
set_mark(bp_json_reader *on, bp_json_names *names)
{
    if (names->mark == 0) {
        names->mark = ++on->marks;
    }
}

/* The first key of an object was taken as an event, and looked for among the names now: from here
 * on they tell which stood before. */
static void
begin_by_names(bp_json_reader *on, bp_json_names *names, size_t number)
{
    bp_json_frame *in = &on->frames[on->depth - 1];
    set_mark(on, names);
    if (on->keys.count == in->keys + 1 && in->all == NULL) {
        in->by = names->mark;
        in->named = number == names->count ? 0 : UINT64_C(1) << number;
    }
}

size_t
bp_json_member_value(bp_json_reader *on, bp_json_names *names, bp_str key, bp_json_event *value)
{
    size_t usual = on->longest;
    size_t number = bp_json_names_find(names, key);
    begin_by_names(on, names, number);
    if (number < names->count && names->longest[number] != 0) {
        on->longest = names->longest[number];
    }
    if (names->others && number == names->count) {
        on->other.size = 0;
        bp_buf_add(&on->other, key);
        names->other = bp_buf_text(&on->other);
    }
    bp_json_read(on, value);
    on->longest = usual;
    return value->kind == BP_JSON_ERROR ? names->count : number;
}

/* A member that is not plain, or the end of the object. */
static size_t
other_member(bp_json_reader *on, bp_json_names *names, bp_json_event *value)
{
    bp_json_read(on, value);
    return value->kind != BP_JSON_KEY ? names->count
                                      : bp_json_member_value(on, names, value->text, value);
}

static bool
ends(bp_json_kind kind)
{
    return kind == BP_JSON_OBJECT_END || kind == BP_JSON_ERROR || kind == BP_JSON_END;
}

size_t
bp_json_member(bp_json_reader *on, bp_json_names *names, bp_json_event *value)
{
    member plain;
    set_mark(on, names);
    for (;;) {
        size_t number = 0;
        if (plain_member(on, names, &plain)) {
            number = plain.number;
            if (number == names->count && !names->others && !is_container(plain.kind)) {
                continue;
            }
            names->other = plain.key;
            give(on, &plain, value);
        } else {
            number = other_member(on, names, value);
        }
        if (number < names->count || names->others || ends(value->kind)) {
            return number;
        }
        if (!bp_json_skip_to(on, value)) {
            return names->count;
        }
    }
}

/*
 * Keys of the objects that are open: which stood before. Small objects are looked through, those of
 * many keys have a map. Keys lie in the window as long as it stays, then in copies.
 */
#include "lib/json_stream.h"

/* Most keys differ in their size or at an end. */
static uint32_t
sketch_of(bp_str text)
{
    uint32_t ends = text.size == 0 ? 0
                                   : (uint32_t)(unsigned char)text.at[0] << 8 |
                                         (uint32_t)(unsigned char)text.at[text.size - 1];
    return (uint32_t)text.size << 16 ^ ends;
}

static bp_str
name_of(const bp_json_reader *on, const bp_json_known_key *of)
{
    return of->text.at != NULL ? of->text : (bp_str){on->names.at + of->name, of->size};
}

/* The keys whose texts lie in the window get copies. Those before them in the stack have some. */
void
bp_json_name_keys(bp_json_reader *on)
{
    for (size_t d = 0; d < on->depth; d++) {
        bp_json_frame *frame = &on->frames[d];
        size_t end = d + 1 < on->depth ? frame[1].keys : on->keys.count;
        if (frame->keys >= on->named) {
            frame->names = on->names.size;
        }
        for (size_t i = frame->keys > on->named ? frame->keys : on->named; i < end; i++) {
            bp_json_known_key *key = &on->keys.at[i];
            key->name = on->names.size;
            key->size = key->text.size;
            bp_buf_add(&on->names, key->text);
            key->text.at = NULL;
        }
    }
    on->named = on->keys.count;
}

static void
index_keys(bp_json_reader *on, bp_json_frame *in)
{
    if (in->memory == NULL) {
        in->memory = bp_arena_child(on->arena);
    }
    in->all = bp_map_new(in->memory);
    for (size_t i = in->keys; i < on->keys.count; i++) {
        bp_json_known_key *copy = BP_NEW(in->memory, bp_json_known_key);
        *copy = on->keys.at[i];
        bp_map_set(in->all, bp_str_copy(in->memory, name_of(on, copy)), copy);
    }
}

/* In an object of many keys. */
static const bp_json_known_key *
seen_among_many(bp_json_frame *in, bp_str text, bp_span span)
{
    const bp_json_known_key *stands = bp_map_get(in->all, text);
    if (stands == NULL) {
        bp_json_known_key *copy = BP_NEW(in->memory, bp_json_known_key);
        *copy = (bp_json_known_key){.text = text, .span = span};
        bp_map_set(in->all, bp_str_copy(in->memory, text), copy);
    }
    return stands;
}

/* The bit of a key among those of its object. */
static uint64_t
bit_of(uint32_t sketch)
{
    enum { TOP_SIX = 26 };
    return UINT64_C(1) << (sketch * UINT32_C(0x9E3779B1) >> TOP_SIX);
}

void
bp_json_sketch_keys(bp_json_reader *on)
{
    bp_json_frame *in = &on->frames[on->depth - 1];
    for (size_t i = in->keys; i < on->keys.count; i++) {
        bp_json_known_key *key = &on->keys.at[i];
        key->sketch = sketch_of(name_of(on, key));
        in->sketches |= bit_of(key->sketch);
    }
    in->by = 0;
}

const bp_json_known_key *
bp_json_seen_before(bp_json_reader *on, bp_str text, bp_span span)
{
    bp_json_frame *in = &on->frames[on->depth - 1];
    uint32_t sketch = sketch_of(text);
    uint64_t bit = bit_of(sketch);
    bool perhaps = (in->sketches & bit) != 0;
    in->sketches |= bit;
    for (size_t i = in->keys; perhaps && in->all == NULL && i < on->keys.count; i++) {
        const bp_json_known_key *each = &on->keys.at[i];
        if (each->sketch == sketch && bp_str_equal(name_of(on, each), text)) {
            return each;
        }
    }
    if (in->all == NULL && on->keys.count - in->keys >= BP_JSON_FEW) {
        index_keys(on, in);
    }
    if (in->all != NULL) {
        return seen_among_many(in, text, span);
    }
    bp_json_known_key *added = bp_vec_add(on->arena, &on->keys);
    added->text = text;
    added->sketch = sketch;
    added->span = span;
    if (on->source == NULL && text.at == on->decoded.at) {
        bp_json_name_keys(on);
    }
    return NULL;
}

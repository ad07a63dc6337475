/*
 * The bucket for templates: reading its address, and naming objects in it.
 *
 * The address becomes part of plan.tsv and of calls, so only what S3 itself uses gets through:
 * HOST is BUCKET.s3.REGION.SUFFIX, BUCKET.s3.SUFFIX, s3.REGION.SUFFIX or s3.SUFFIX.
 */
#include "compiler/emit/parts.h"

#include "lib/sha256.h"

enum { BUCKET_MIN = 3, BUCKET_MAX = 63, URL_MAX = 768 };

static bool
is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool
bucket_is_fine(bp_str name)
{
    if (name.size < BUCKET_MIN || name.size > BUCKET_MAX || bp_str_contains(name, BP_STR(".."))) {
        return false;
    }
    for (size_t i = 0; i < name.size; i++) {
        char c = name.at[i];
        bool edge = i == 0 || i + 1 == name.size;
        if (!is_lower(c) && !bp_is_digit(c) && (edge || (c != '-' && c != '.'))) {
            return false;
        }
    }
    return true;
}

/* "eu-west-1": letters, then words and a number; whether it exists is not asked. */
static bool
looks_like_region(bp_str text)
{
    size_t dashes = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];
        bool end = i + 1 == text.size;
        dashes += c == '-';
        if (!is_lower(c) && !(c == '-' && i > 0 && !end) && !(end && bp_is_digit(c))) {
            return false;
        }
    }
    return dashes >= 2 && bp_is_digit(text.at[text.size - 1]);
}

/* "" or "a/b": segments of letters, digits, '.', '_' and '-' that are no "." or "..". */
static bool
path_is_fine(bp_str path)
{
    while (path.size > 0) {
        size_t end = bp_str_find(path, '/');
        bp_str segment = bp_str_cut(path, 0, end);
        if (segment.size == 0 || bp_str_is(segment, ".") || bp_str_is(segment, "..") ||
            end + 1 == path.size) {
            return false;
        }
        for (size_t i = 0; i < segment.size; i++) {
            char c = segment.at[i];
            if (!bp_is_alnum(c) && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        path = bp_str_cut(path, end + 1, path.size);
    }
    return true;
}

/* Takes "s3" or "s3.REGION" from the end of what stands before the suffix; what is left is the
 * bucket, or nothing. */
static bool
read_host(bp_str host, bp_template_bucket *bucket)
{
    static const char *const suffixes[] = {".amazonaws.com", ".amazonaws.com.cn"};
    size_t size = 0;
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        if (bp_str_ends(host, bp_str_of(suffixes[i]))) {
            size = bp_str_of(suffixes[i]).size;
        }
    }
    if (size == 0) {
        return false;
    }
    bp_str rest = bp_str_cut(host, 0, host.size - size);
    size_t last = rest.size;
    while (last > 0 && rest.at[last - 1] != '.') {
        last--;
    }
    bp_str word = bp_str_cut(rest, last, rest.size);
    if (looks_like_region(word) && last > 0) {
        bucket->region = word;
        rest = bp_str_cut(rest, 0, last - 1);
    }
    if (bp_str_is(rest, "s3")) {
        return true;
    }
    if (!bp_str_ends(rest, BP_STR(".s3"))) {
        return false;
    }
    bucket->bucket = bp_str_cut(rest, 0, rest.size - 3);
    return true;
}

bool
bp_bucket_read(bp_arena *arena, bp_str url, bp_template_bucket *bucket, const char **why)
{
    *bucket = (bp_template_bucket){0};
    if (!bp_str_starts(url, BP_STR("https://"))) {
        *why = "does not begin with https://";
        return false;
    }
    bp_str rest = bp_str_cut(url, 8, url.size);
    if (rest.size > 0 && rest.at[rest.size - 1] == '/') {
        rest.size--;
    }
    size_t slash = bp_str_find(rest, '/');
    bp_str path = bp_str_cut(rest, slash + 1, rest.size);
    bp_str host = bp_str_cut(rest, 0, slash);
    if (url.size > URL_MAX) {
        *why = "is too long";
        return false;
    }
    if (!read_host(host, bucket)) {
        *why = "names no host of S3, like BUCKET.s3.REGION.amazonaws.com";
        return false;
    }
    if (slash + 1 == rest.size || !path_is_fine(path)) {
        *why = "has a path with more than segments of letters, digits, \".\", \"_\" and \"-\"";
        return false;
    }
    if (bucket->bucket.size == 0) {
        size_t end = bp_str_find(path, '/');
        bucket->bucket = bp_str_cut(path, 0, end);
        path = bp_str_cut(path, end + 1, path.size);
    }
    if (!bucket_is_fine(bucket->bucket)) {
        *why = "names no bucket: 3 to 63 lower-case letters, digits, \"-\" and \".\"";
        return false;
    }
    bucket->url = bp_str_format(arena, "https://%.*s", BP_ARG(rest));
    bucket->prefix = path.size == 0 ? path : bp_str_format(arena, "%.*s/", BP_ARG(path));
    return true;
}

bp_str
bp_bucket_object(bp_arena *arena, bp_str text)
{
    return bp_str_format(arena, "%.*s.template.json", BP_ARG(bp_sha256_hex(arena, text)));
}

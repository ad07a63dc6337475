/*
 * bare json FILE | bare yaml FILE: nothing but a parser of another library over a file, to measure
 * against: cJSON building the tree of each value of a stream, one after another; libyaml giving its
 * events. Prints how many values or events there were and the seconds that parsing took, without
 * reading the file.
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <yaml.h>

static char *
read_all(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
        return NULL;
    }
    long end = ftell(file);
    rewind(file);
    char *text = malloc((size_t)end + 1);
    if (text == NULL || fread(text, 1, (size_t)end, file) != (size_t)end) {
        return NULL;
    }
    text[end] = '\0';
    *size = (size_t)end;
    fclose(file);
    return text;
}

static long
parse_json(const char *text, size_t size)
{
    long values = 0;
    const char *at = text;
    const char *end = text + size;
    while (at < end) {
        const char *next = at;
        cJSON *value = cJSON_ParseWithLengthOpts(at, (size_t)(end - at) + 1, &next, 0);
        if (value == NULL) {
            return -1;
        }
        cJSON_Delete(value);
        values++;
        at = next + strspn(next, " \t\r\n");
    }
    return values;
}

static long
parse_yaml(const char *text, size_t size)
{
    yaml_parser_t parser;
    yaml_event_t event;
    long events = 0;
    if (!yaml_parser_initialize(&parser)) {
        return -1;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    for (bool done = false; !done; events++) {
        if (!yaml_parser_parse(&parser, &event)) {
            return -1;
        }
        done = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return events;
}

int
main(int argc, char **argv)
{
    size_t size = 0;
    char *text = argc == 3 ? read_all(argv[2], &size) : NULL;
    if (text == NULL) {
        (void)fprintf(stderr, "usage: bare json|yaml FILE\n");
        return 2;
    }
    struct timespec start;
    struct timespec end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    long count = strcmp(argv[1], "json") == 0 ? parse_json(text, size) : parse_yaml(text, size);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    printf("%ld %.6f\n", count,
           (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9);
    return count < 0;
}

/*
 * A yardstick for `check`: the plain way to effective policies. Every OU gets a cJSON tree of its
 * own, merged from the documents on its path, and all trees are kept. Operators are applied without
 * peers and controls, so this does less than the compiler. Not part of the product.
 *
 * usage: merge_yardstick FOLDER    a project that dense_organization.py made
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

enum { POLICIES = 1000, LINE = 4096, NAME = 512 };

static cJSON *
read_document(const char *folder, int number)
{
    char name[NAME];
    (void)snprintf(name, sizeof name, "%s/policies/p%04d.json", folder, number);
    FILE *file = fopen(name, "rb");
    if (file == NULL) {
        return NULL;
    }
    static char text[1 << 16];
    size_t size = fread(text, 1, sizeof text - 1, file);
    (void)fclose(file);
    text[size] = '\0';
    return cJSON_Parse(text);
}

static void
merge(cJSON *into, const cJSON *from, int depth)
{
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, from)
    {
        cJSON *known = cJSON_GetObjectItem(into, member->string);
        if (known == NULL) {
            cJSON_AddItemToObject(into, member->string, cJSON_Duplicate(member, true));
        } else if (strcmp(member->string, "@@assign") == 0) {
            cJSON_ReplaceItemInObject(into, member->string, cJSON_Duplicate(member, true));
        } else if (cJSON_IsObject(known) && cJSON_IsObject(member) && depth < LINE) {
            merge(known, member, depth + 1);
        }
    }
}

int
main(int count, char **arguments)
{
    static cJSON *documents[POLICIES];
    char line[LINE];
    size_t trees = 0;
    if (count != 2) {
        (void)fputs("usage: merge_yardstick FOLDER\n", stderr);
        return 2;
    }
    for (int i = 0; i < POLICIES; i++) {
        documents[i] = read_document(arguments[1], i);
    }
    (void)snprintf(line, sizeof line, "%s/paths.txt", arguments[1]);
    FILE *paths = fopen(line, "rb");
    while (paths != NULL && fgets(line, sizeof line, paths) != NULL) {
        cJSON *tree = cJSON_CreateObject();
        for (char *at = line; *at != '\0' && *at != '\n';) {
            long number = strtol(at, &at, 10);
            if (number >= 0 && number < POLICIES && documents[number] != NULL) {
                merge(tree, documents[number], 0);
            }
        }
        trees++; /* kept: every OU has its own */
    }
    if (paths != NULL) {
        (void)fclose(paths);
    }
    (void)printf("%zu trees\n", trees);
    return trees > 0 ? 0 : 1;
}

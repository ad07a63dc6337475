/*
 * Makes C rows of text files:  embed_text OUT FILE...
 *
 * Each file NAME.md becomes a row {"NAME", "text"}, a line of the file a line of the literal. Runs
 * on the building machine only; it is no part of the program.
 */
#include <stdio.h>
#include <string.h>

/* The file name without folder and ending. */
static void
write_name(FILE *out, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(name, '.');
    size_t size = dot == NULL ? strlen(name) : (size_t)(dot - name);
    fprintf(out, "{\"%.*s\",\n", (int)size, name);
}

static void
write_character(FILE *out, int c)
{
    if (c == '"' || c == '\\') {
        fprintf(out, "\\%c", c);
    } else if (c == '?') {
        fputs("\\?", out); /* no trigraphs */
    } else if (c >= ' ' && c < 127) {
        fputc(c, out);
    } else {
        fprintf(out, "\\%03o", (unsigned)c);
    }
}

static int
write_text(FILE *out, const char *path)
{
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        perror(path);
        return 1;
    }
    write_name(out, path);
    int c;
    int open = 0;
    while ((c = fgetc(in)) != EOF) {
        if (!open) {
            fputs(" \"", out);
            open = 1;
        }
        if (c == '\n') {
            fputs("\\n\"\n", out);
            open = 0;
        } else {
            write_character(out, c);
        }
    }
    fputs(open ? "\"},\n" : " \"\"},\n", out);
    int failed = ferror(in);
    return fclose(in) != 0 || failed;
}

int
main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: embed_text OUT FILE...\n", stderr);
        return 2;
    }
    FILE *out = fopen(argv[1], "wb");
    if (out == NULL) {
        perror(argv[1]);
        return 1;
    }
    int failed = fprintf(out, "/* Made by tools/tables/embed_text.c. */\n") < 0;
    for (int i = 2; i < argc; i++) {
        failed |= write_text(out, argv[i]);
    }
    failed |= ferror(out);
    failed |= fclose(out) != 0;
    if (failed) {
        remove(argv[1]);
        fputs("embed_text: could not write\n", stderr);
        return 1;
    }
    return 0;
}

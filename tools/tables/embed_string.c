/*
 * Host program of the build: texts become a C array, so that the binary needs no file at run time.
 *
 *     embed_string OUT.inc NAME FILE…
 *
 * OUT.inc then holds `static const struct { const char *name, *text; size_t size; } NAME[]`, one
 * row a file in the order given; `name` is the file's name without folders and ending. Bytes are
 * written as they are, escaped; nothing is interpreted.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *
base_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* One byte inside a string literal. Octal escapes of three digits never run into what follows. */
static void
put_byte(FILE *out, int byte)
{
    if (byte == '\n') {
        fputs("\\n\"\n     \"", out);
    } else if (byte == '"' || byte == '\\') {
        fprintf(out, "\\%c", byte);
    } else if (byte < ' ' || byte > '~' || byte == '?') {
        fprintf(out, "\\%03o", (unsigned)byte);
    } else {
        fputc(byte, out);
    }
}

static bool
put_file(FILE *out, const char *path)
{
    FILE *in = fopen(path, "rb");
    if (in == NULL) {
        fprintf(stderr, "embed_string: cannot open %s\n", path);
        return false;
    }
    const char *base = base_of(path);
    const char *dot = strrchr(base, '.');
    int stem = (int)(dot == NULL ? strlen(base) : (size_t)(dot - base));
    size_t size = 0;
    fprintf(out, "    {\"%.*s\",\n     \"", stem, base);
    for (int byte = fgetc(in); byte != EOF; byte = fgetc(in)) {
        put_byte(out, byte);
        size++;
    }
    fprintf(out, "\",\n     %zu},\n", size);
    bool good = !ferror(in);
    fclose(in);
    if (!good) {
        fprintf(stderr, "embed_string: cannot read %s\n", path);
    }
    return good;
}

int
main(int count, char **arguments)
{
    if (count < 4) {
        fprintf(stderr, "usage: embed_string OUT.inc NAME FILE...\n");
        return 2;
    }
    FILE *out = fopen(arguments[1], "wb");
    if (out == NULL) {
        fprintf(stderr, "embed_string: cannot write %s\n", arguments[1]);
        return 1;
    }
    bool good = true;
    fprintf(out, "/* Made by tools/tables/embed_string.c. */\n");
    fprintf(out, "static const struct {\n    const char *name;\n    const char *text;\n");
    fprintf(out, "    size_t size;\n} %s[] = {\n", arguments[2]);
    for (int i = 3; i < count && good; i++) {
        good = put_file(out, arguments[i]);
    }
    fprintf(out, "};\n");
    good = !ferror(out) && good;
    return fclose(out) == 0 && good ? 0 : 1;
}

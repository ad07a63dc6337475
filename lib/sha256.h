/* SHA-256 (FIPS 180-4), for file lists, artifact names and canonical set names. Not for secrets. */
#ifndef BP_LIB_SHA256_H
#define BP_LIB_SHA256_H

#include "lib/text.h"

/* 64 lower-case hexadecimal digits in the arena. */
bp_str bp_sha256_hex(bp_arena *arena, bp_str data);

#endif

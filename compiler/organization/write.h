/*
 * The canonical form of an inventory: one fixed way to print an organization, so that equal facts
 * are equal bytes.
 *
 * Sets are named by their content, whatever they were called and however often the same value
 * stands in memory: vault sets, role sets, Region settings, resources, tags, Region sets of two or
 * more Regions; what several accounts have together becomes a profile. Nothing is kept of the
 * places and comments of the file that an organization was read from.
 */
#ifndef BP_COMPILER_ORGANIZATION_WRITE_H
#define BP_COMPILER_ORGANIZATION_WRITE_H

#include "compiler/organization/organization.h"

/* Appends the whole file. `keep`: an organization whose set names are taken for equal values; may
 * be NULL. `counts`: whether resource rows say how many there are. */
void bp_organization_write(bp_arena *arena, const bp_organization *org, const bp_organization *keep,
                           bool counts, bp_buf *out);

#endif

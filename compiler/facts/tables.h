/* The tables behind a bp_facts. Inside compiler/facts only. */
#ifndef BP_COMPILER_FACTS_TABLES_H
#define BP_COMPILER_FACTS_TABLES_H

#include "compiler/facts/facts.h"

/* Rows in the order of their table. */
struct bp_facts {
    const bp_region *regions; /* ascending by code; at most 64, for a set of them is one mask */
    size_t region_count;
    const bp_type *types;
    size_t type_count;
    const bp_copy_exception *copy_exceptions;
    size_t copy_exception_count;
    const bp_managed_policy *managed_policies;
    size_t managed_policy_count;
    const bp_quota *quotas;
    size_t quota_count;
};

/* The given tables; the compiled-in ones for NULL. */
const bp_facts *bp_facts_or_built_in(const bp_facts *facts);

#endif

/*
 * Ids and names of AWS that many parts ask for.
 */
#ifndef BP_COMPILER_FACTS_IDS_H
#define BP_COMPILER_FACTS_IDS_H

#include "lib/text.h"

enum { BP_ACCOUNT_DIGITS = 12 };

/* Whether a text has the form of an account id: 12 digits. Source: "View AWS account identifiers",
 * AWS Account Management Reference Guide. */
bool bp_is_account_id(bp_str text);

/* The service principal of service-managed stack sets, as trusted access and delegated
 * administrators name it. Source: "AWS CloudFormation StackSets and AWS Organizations",
 * AWS Organizations User Guide. */
#define BP_STACK_SETS_PRINCIPAL "member.org.stacksets.cloudformation.amazonaws.com"

#endif

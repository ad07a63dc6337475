/*
 * The functions of the family files, as checks.def names them. Each judges its rules over the whole
 * context, reports through context->diagnostics, and returns silently when what it needs was not
 * made (a NULL stage).
 */
#ifndef BP_COMPILER_CHECKS_FAMILIES_H
#define BP_COMPILER_CHECKS_FAMILIES_H

#include "compiler/checks/checks.h"

/* syn.c */
void bp_check_empty_policies(const bp_check_context *context); /* SYN002 */
void bp_check_placeholders(const bp_check_context *context);   /* SYN012 */
void bp_check_variables(const bp_check_context *context);      /* SYN013 */

/* members.c */
void bp_check_members(const bp_check_context *context); /* SYN004 */

/* nam.c */
void bp_check_labels(const bp_check_context *context);    /* NAM003 */
void bp_check_tag_forms(const bp_check_context *context); /* NAM010 */

/* naming.c */
void bp_check_naming(const bp_check_context *context); /* NAM012 */

/* lif.c */
void bp_check_lifecycles(const bp_check_context *context);     /* LIF001 to LIF006 */
void bp_check_copy_retention(const bp_check_context *context); /* LIF008 */
void bp_check_rule_retention(const bp_check_context *context); /* LIF009 */
void bp_check_archive(const bp_check_context *context);        /* LIF014 */

/* sch.c */
void bp_check_schedules(const bp_check_context *context);     /* SCH001 to SCH004, SCH011 */
void bp_check_windows(const bp_check_context *context);       /* SCH006, SCH013 */
void bp_check_rule_schedule(const bp_check_context *context); /* SCH010 */

/* sel.c */
void bp_check_selections(const bp_check_context *context);     /* SEL001 004 009 017 */
void bp_check_tag_values(const bp_check_context *context);     /* SEL016 */
void bp_check_selected_types(const bp_check_context *context); /* SEL006, SEL007 */

/* twice.c, tags.c, protect.c */
void bp_check_letter_case(const bp_check_context *context); /* SYN019 of names */
void bp_check_twice(const bp_check_context *context);       /* SEL008, SEL014, SCH009 */
void bp_check_known_tags(const bp_check_context *context);  /* SEL002 */
void bp_check_protection(const bp_check_context *context);  /* SEL021 */

/* inh.c */
void bp_check_container_controls(const bp_check_context *context); /* INH011 */

/* qta.c, size.c */
void bp_check_policy_sizes(const bp_check_context *context); /* QTA001, QTA002 */
void bp_check_plan_limits(const bp_check_context *context);  /* QTA010 */

/* Files that judge policies against the whole organization. */
void bp_check_unknown_names(const bp_check_context *context);      /* SYN018 of vaults and roles */
void bp_check_plan_names(const bp_check_context *context);         /* NAM006 */
void bp_check_targets(const bp_check_context *context);            /* TOP005, TOP012 */
void bp_check_management_account(const bp_check_context *context); /* TOP006 */
void bp_check_coverage(const bp_check_context *context);           /* TOP013 */
void bp_check_inventory_age(const bp_check_context *context);      /* TOP011 */
void bp_check_contradictions(const bp_check_context *context);     /* TOP017 */
void bp_check_vaults(const bp_check_context *context);             /* VLT001 to VLT003, NAM002 */
void bp_check_vault_names(const bp_check_context *context);        /* NAM001, VLT011 */
void bp_check_air_gapped_targets(const bp_check_context *context); /* VLT013 */
void bp_check_lock_values(const bp_check_context *context);        /* VLT006 */
void bp_check_locks(const bp_check_context *context);              /* VLT008, VLT012 */
void bp_check_vault_owners(const bp_check_context *context);       /* VLT005 */
void bp_check_vault_access(const bp_check_context *context);       /* CPY009, CPY010 */
void bp_check_copy_places(const bp_check_context *context);        /* REG008, CPY013 */
void bp_check_role_powers(const bp_check_context *context);        /* ROL005, ROL007 */
void bp_check_deployed_sets(const bp_check_context *context);      /* STK007, STK014 */
void bp_check_caller(const bp_check_context *context);             /* STK002 */
void bp_check_set_regions(const bp_check_context *context);        /* STK009 */
void bp_check_air_gapped_vaults(const bp_check_context *context);  /* VLT009, SYN018 */
void bp_check_roles(const bp_check_context *context);              /* ROL001, ROL003 */
void bp_check_role_arns(const bp_check_context *context);          /* ROL002, ROL004 */
void bp_check_regions(const bp_check_context *context);            /* REG001 002 005 007 009 */
void bp_check_types_in_regions(const bp_check_context *context);   /* REG006 */
void bp_check_opt_ins(const bp_check_context *context);            /* SEL010 */
void bp_check_settings(const bp_check_context *context);           /* TOP015 */
void bp_check_overrides(const bp_check_context *context);          /* DAT002 */
void bp_check_region_enabled(const bp_check_context *context);     /* REG003 */
void bp_check_copies(const bp_check_context *context);            /* CPY001 to 004, 007, 011, 014 */
void bp_check_copy_destinations(const bp_check_context *context); /* CPY005, CPY006, CPY012 */
void bp_check_cold_types(const bp_check_context *context);        /* LIF007 */
void bp_check_stack_sets(const bp_check_context *context);        /* STK004 */
void bp_check_inheritance(const bp_check_context *context);       /* INH001 to INH004 */
void bp_check_attachments(const bp_check_context *context);       /* QTA003 */
void bp_check_facts_age(const bp_check_context *context);         /* DAT001 */
void bp_check_missing_inventory(const bp_check_context *context); /* DAT003; runs last */

#endif

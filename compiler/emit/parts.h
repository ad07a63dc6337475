/*
 * What the files of this folder share and nobody else includes.
 *
 * An emission collects files; JSON goes in through bp_emit_json, which reads back what it printed.
 * Everything lives in the arena of the emission.
 */
#ifndef BP_COMPILER_EMIT_PARTS_H
#define BP_COMPILER_EMIT_PARTS_H

#include "compiler/emit/emit.h"
#include "lib/json_write.h"

/* The template of one stack, made once. */
typedef struct bp_template {
    const bp_stack *stack;
    bp_json *document;
    bp_str body; /* minified: what is sent inline */
    bool named_iam;
    bp_str file; /* as it stands in templates/ */
    bp_str url;  /* where the bucket has that file, by its hash; empty: no bucket */
} bp_template;

typedef struct bp_emission {
    bp_arena *arena;
    bp_diagnostics *diagnostics;
    const bp_deployment *deployment;
    unsigned targets;
    const bp_template_bucket *bucket; /* NULL: none */
    const bp_previous *previous;      /* NULL: none */
    const char *call_as;              /* CallAs of every call about stack sets */
    bp_artifacts *artifacts;
    BP_VEC(bp_template) templates; /* same order as deployment->stacks */
    bp_json *steps;                /* of the CLI path, for the manifest */
    bool good;
} bp_emission;

/* Adds a file. A path outside the strict set of characters is refused (OPS010). */
void bp_emit_file(bp_emission *emission, bp_str path, bp_str text, bool executable);
/* Prints, reads back (OPS009 if that differs) and adds a final newline. */
void bp_emit_json(bp_emission *emission, bp_str path, const bp_json *value, bp_json_style style);
/* A mistake of the program itself. */
void bp_emit_fault(bp_emission *emission, bp_span span, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* One file a part. */
void bp_emit_policies(bp_emission *emission);
/* effective/ACCOUNT.json for every account of the inventory. */
void bp_emit_effective(bp_emission *emission);
void bp_emit_templates(bp_emission *emission);
void bp_emit_management(bp_emission *emission);
void bp_emit_cli(bp_emission *emission);
void bp_emit_terraform(bp_emission *emission);
/* What the previous manifest deployed and the deployment no longer has → artifacts->removals, with
 * cli/remove.sh and its inputs. */
void bp_emit_removals(bp_emission *emission);
/* TemplateBody or TemplateURL of a call or resource. */
void bp_put_template_text(const bp_emission *emission, bp_json *to, const bp_template *template);
/* The name of a template in the bucket, by its content: HASH.template.json. */
bp_str bp_bucket_object(bp_arena *arena, bp_str text);
void bp_emit_manifest(bp_emission *emission);

/* "cloudformation" and "cli" parts need to know every target. */
bool bp_emission_has(const bp_emission *emission, unsigned target);

bp_json *bp_role_template(const bp_facts *facts, bp_arena *arena, const bp_stack *stack);
/* `organization` is the id of the organization; needed where copies_in admits all of it. */
bp_json *bp_vault_template(bp_arena *arena, const bp_stack *stack, bp_str organization);

/* Pieces of templates. */
bp_json *bp_template_start(bp_arena *arena, const char *description, const char *parameter,
                           bp_str value, const char *pattern, const char *meaning);
/* An empty resource under `name`; gives its Properties. `fate` is what becomes of it when its stack
 * goes or another takes its place, "Retain" or "Delete"; NULL says nothing. */
bp_json *bp_template_resource(bp_json *resources, const char *name, const char *type,
                              const char *fate);
bp_json *bp_intrinsic(bp_arena *arena, const char *function, const char *text);
bp_json *bp_get_att(bp_arena *arena, const char *resource, const char *attribute);
/* [{Key, Value}] of our own tag and the declared ones; a declared ManagedBy wins. */
bp_json *bp_tag_list(bp_arena *arena, const bp_tags *tags);
/* The same as a map. */
bp_json *bp_tag_map(bp_arena *arena, const bp_tags *tags);
bp_json *bp_texts(bp_arena *arena, const bp_strings *texts);

/* Whether the management account calls for its own stack sets, as it does unless the project says
 * otherwise. */
bool bp_calls_for_itself(const bp_emission *emission);
/* Members that stack sets have on both paths. */
void bp_stack_set_switches(bp_json *to); /* PermissionModel … ManagedExecution, without CallAs */
bp_json *bp_operation_preferences(bp_arena *arena);
bp_json *bp_parameter_list(bp_arena *arena, const bp_stack *stack);
bp_json *bp_deployment_targets(bp_arena *arena, const bp_instance_group *group);
bp_str bp_stack_description(bp_arena *arena, const bp_stack *stack);
const char *bp_stack_word(const bp_stack *stack); /* "role", "vault" */
/* "role-SLUG", "vault-SLUG". */
bp_str bp_stack_key(bp_arena *arena, const bp_stack *stack);

/*
 * User text that a target would take for an instruction (OPS011). False if there is any.
 */
bool bp_check_active_text(bp_emission *emission);

/* What a written text shows about itself; see self_check.c. */
typedef struct bp_template_facts {
    bool parsed;
    bool transform; /* Transform, Fn::Transform, or a nested stack or macro */
    bool strange;   /* an intrinsic function outside the fixed set */
    bool role_name; /* a resource with RoleName */
    bool service_managed;
    bool auto_deployment;
    bool named_iam; /* CAPABILITY_NAMED_IAM */
    bool ous, accounts, filter;
    bool drops; /* some resource goes with its stack because the template says so */
    size_t resources;
} bp_template_facts;

bp_template_facts bp_template_look(bp_arena *arena, bp_str text);
/* Judges all templates and stack set inputs of the emission: STK003, QTA008. */
void bp_check_templates(bp_emission *emission);
/* Judges the order of the plan and of the manifest's steps: STK006. */
void bp_check_order(bp_emission *emission);

#endif

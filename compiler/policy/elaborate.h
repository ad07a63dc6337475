/*
 * Inside of elaboration: what its parts share. Only compiler/policy/ includes this.
 *
 * A file is a scope: its constants and templates, and those of the files it includes. An
 * environment is a scope and, inside a template, its arguments; values are looked up and typed in
 * the environment in which they were written. A block is gathered from its layers (the body and the
 * templates below it) into an instance, then built into nodes of the tree.
 *
 * Whatever is wrong is reported once, and what it leaves is a hole: NULL values, `holes` flags,
 * values of kind UNKNOWN. Nobody reports what follows from a hole.
 */
#ifndef BP_COMPILER_POLICY_ELABORATE_H
#define BP_COMPILER_POLICY_ELABORATE_H

#include "compiler/policy/program.h"
#include "lib/suggest.h"

enum {
    BP_INCLUDE_DEPTH = 16,
    BP_INCLUDE_FILES = 256,
    BP_TEMPLATE_DEPTH = 16,
    BP_ALIAS_DEPTH = 64,           /* constants that stand for constants */
    BP_LIST_ELEMENTS = 10000,      /* of one list, constants spliced in */
    BP_STATEMENTS = 200000,        /* from templates, all uses together */
    BP_SUGGESTION_WORDS = 1000000, /* words compared for suggestions in one run */
    BP_BLOCK_SELECT = BP_BLOCK_SELECT_TAGS | BP_BLOCK_SELECT_RESOURCES
};

/* What a place takes. */
typedef enum bp_want {
    BP_WANT_STRING,
    BP_WANT_INT,
    BP_WANT_SWITCH,
    BP_WANT_DURATION, /* any: an argument whose use is not known yet */
    BP_WANT_MINUTES,
    BP_WANT_DAYS,
    BP_WANT_HOURS, /* of every() */
    BP_WANT_TIME,
    BP_WANT_MINUTE,   /* of hourly() */
    BP_WANT_MONTHDAY, /* of monthly(): a number or last */
    BP_WANT_WEEKDAY,
    BP_WANT_SCHEDULE,
    BP_WANT_REGION,
    BP_WANT_VAULT,       /* any: an argument */
    BP_WANT_VAULT_NAME,  /* without in and of */
    BP_WANT_AIR_GAPPED,  /* the same, as an ARN with $region and $account */
    BP_WANT_DESTINATION, /* with in */
    BP_WANT_ROLE,
    BP_WANT_ACCOUNT,
    BP_WANT_TARGET,
    BP_WANT_SOURCE, /* a target or organization */
    BP_WANT_PATTERN,
    BP_WANT_PROTECTED,
    BP_WANT_CONDITION,
    BP_WANT_TAGS,
    BP_WANT_CHOICE,
    BP_WANT_ENCRYPTION,
    BP_WANT_LOCK,
    BP_WANT_TOPIC,
    BP_WANT_ARN,
    BP_WANT_COUNT
} bp_want;

typedef struct bp_elab bp_elab;
typedef struct bp_scope bp_scope;
typedef struct bp_env bp_env;

/* A `let` or `template` of a file. */
typedef struct bp_definition {
    const bp_ast_item *item;
    bp_scope *home;
    bool used;
    bool circular; /* a constant that needs itself: reported */
    int color;     /* of the search for circles */
} bp_definition;

/* A definition as a file sees it: its own, or through one of its includes. */
typedef struct bp_visible {
    bp_definition *definition;
    size_t include; /* index of its item + 1; 0 = the file's own */
} bp_visible;

typedef struct bp_argument {
    const bp_ast_parameter *parameter;
    const bp_ast_value *value; /* NULL: a hole */
    const bp_env *env;         /* of the value */
} bp_argument;

struct bp_env {
    bp_scope *scope;
    const bp_argument *arguments;
    size_t count;
    bp_span uses; /* the outermost `uses` that brought this here; may not exist */
};

struct bp_scope {
    const bp_ast_file *file;
    bp_map *constants; /* name → bp_visible *, own and included */
    bp_map *templates;
    BP_VEC(bp_definition *) own; /* in order of the file */
    bool *include_used;          /* by item index */
    bool holes;   /* a name that is not there may stand in a part that was not read */
    bool opening; /* being opened further up: an include of it is a circle */
    bp_span included_at;
    bp_env env; /* of file level */
};

struct bp_elab {
    const bp_elaboration *how;
    bp_arena *arena;
    bp_arena *work; /* instances, and what they are gathered from: gone after each declaration */
    bp_diagnostics *diagnostics;
    bp_program *program;
    bp_map *scopes;   /* path → bp_scope * */
    bp_map *policies; /* name → bp_policy * */
    BP_VEC(bp_scope *) opening;
    size_t includes;
    size_t statements;    /* from templates, so far */
    size_t words_offered; /* for suggestions */
    bool deep;            /* a chain of templates is too long: reported */
    bool full;            /* BP_STATEMENTS reached, reported */
};

/* ---- scope.c: files and their names */

/* The scope of a file, its includes read. Never NULL. `from` is the include that asks for it; it
 * does not exist for a file of the project. */
bp_scope *bp_scope_open(bp_elab *elab, const bp_ast_file *file, bp_span from);
/* NULL if the name is not there. Marks it used. */
bp_definition *bp_scope_constant(bp_scope *scope, bp_str name);
bp_definition *bp_scope_template(bp_scope *scope, bp_str name);
/* Warns about includes, constants and templates that nothing uses. */
void bp_scope_unused(bp_elab *elab);

/* ---- include.c */

/* Reads the includes of a file into its scope. */
void bp_scope_include(bp_elab *elab, bp_scope *scope);

/* ---- fault.c: reporting */

/* A finding decided by the text at its place. Labels the `uses` of the environment, if any (`env`
 * may be NULL). */
bp_finding *bp_fault(bp_elab *elab, const char *code, bp_span span, const bp_env *env,
                     const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The source text of a value for a message, cut to 40 bytes. */
bp_str bp_shown(bp_elab *elab, bp_span span);
/* Offers a word unless the run has compared too many already. */
void bp_offer(bp_elab *elab, bp_suggester *suggester, bp_str word);
/* Help and fix "did you mean", if the suggester found something; `quote` puts it in quotes. */
void bp_suggest_fix(bp_elab *elab, bp_finding *finding, const bp_suggester *suggester, bp_span span,
                    bool quote);

/* ---- resolve.c: words to values */

/* A place that takes a value. */
typedef struct bp_typing {
    bp_elab *elab;
    bp_want want;
    const bp_setting *row; /* the setting; NULL for arguments */
    const char *what;      /* arguments: in messages, "the time of daily()" */
    bp_str partition;      /* of generated ARNs */
    bp_span uses;          /* the outermost `uses` of the statement */
    bp_span place;         /* the setting word or the call */
} bp_typing;

/* A value after constants and parameters: something else than a name of theirs. */
typedef struct bp_expr {
    const bp_ast_value *value; /* NULL: a hole, reported */
    const bp_env *env;
    bp_span declared; /* name of the constant or parameter it came through last */
    bp_span written;  /* where the place itself says it */
    bp_ast_name in_region;
    const bp_env *in_env;
    const bp_ast_value *of;
    const bp_env *of_env;
} bp_expr;

bp_expr bp_resolve(const bp_typing *typing, const bp_ast_value *value, const bp_env *env,
                   bool in_list);

typedef BP_VEC(bp_expr) bp_exprs;

/* The elements of a list value, lists in it spliced. False when it is no list (reported). */
bool bp_resolve_list(const bp_typing *typing, const bp_ast_value *value, const bp_env *env,
                     bp_exprs *elements);

/* Whether a parameter's type can stand where `want` is taken. */
bool bp_type_fits(bp_str type, bp_want want);
/* The want of a parameter type; BP_WANT_COUNT if there is no such type. */
bp_want bp_type_want(bp_str type);

/* ---- value.c: typing */

/* "a duration such as 35d" … */
const char *bp_want_words(bp_want want);
/* The calls that give such a value, separated by blanks; may be none. */
const char *bp_want_calls(bp_want want);
bp_want bp_want_of(bp_setting_type type);
/* "\"delete_after\"" or the words of an argument. */
bp_str bp_typing_name(const bp_typing *typing);

/* A value of the document (or hole) for a setting or argument. Never NULL. */
bp_value *bp_type_value(const bp_typing *typing, const bp_ast_value *value, const bp_env *env);
bp_value *bp_type_list(const bp_typing *typing, const bp_ast_value *value, const bp_env *env);
bp_value *bp_type_expr(const bp_typing *typing, const bp_expr *expr);
/* Checks an argument of `uses` against the type of its parameter; false when reported. */
bool bp_type_check(const bp_typing *typing, const bp_ast_value *value, const bp_env *env,
                   bool list);
bp_value *bp_value_new(const bp_typing *typing, const bp_expr *expr, bp_value_kind kind);
bp_value *bp_value_text(const bp_typing *typing, const bp_expr *expr, bp_str text);
bp_value *bp_value_hole(const bp_typing *typing, const bp_expr *expr);
/* SYN005: the value is of another kind. Gives a hole. */
bp_value *bp_type_mismatch(const bp_typing *typing, const bp_expr *expr);
/* Adds the fix of an evident slip to such a finding (value_fixes.c). */
void bp_mismatch_fix(const bp_typing *typing, const bp_expr *expr, bp_finding *finding);
/* SYN018 (or SYN020 where the list is closed): a word or call that means nothing here. */
bp_value *bp_type_unknown(const bp_typing *typing, const bp_expr *expr);
/* Offers the words and calls that a want takes. */
void bp_want_offer(bp_elab *elab, const bp_typing *typing, bp_suggester *suggester);
/* Whether a word means something where `typing` wants a value. */
bool bp_want_has_word(const bp_typing *typing, bp_str word);
/* "word=TEXT …": the text of a word; false if it is not there. */
bool bp_choice_text(const char *choices, bp_str word, bp_str *text);
void bp_choice_offer(bp_elab *elab, const char *choices, bp_suggester *suggester);
/* "a, b, c" of the words. */
bp_str bp_choice_list(bp_arena *arena, const char *choices);

/* ---- value_units.c: durations */

bp_value *bp_type_duration(const bp_typing *typing, const bp_expr *expr);
/* Whole days of a duration argument; false when reported. */
bool bp_type_days(const bp_typing *typing, const bp_expr *expr, int64_t *days);

/* ---- value_calls.c: arguments of calls, schedules */

typedef struct bp_slot {
    const char *name; /* named argument; "" = by position */
    const char *what; /* in messages: "the time" */
    bool required;
} bp_slot;

/* Sorts the arguments of a call into slots; absent ones stay NULL. False when reported. */
bool bp_call_bind(const bp_typing *typing, const bp_expr *call, const bp_slot *slots, size_t count,
                  const bp_ast_value **values);
/* The typing of an argument. */
bp_typing bp_argument_typing(const bp_typing *typing, bp_want want, const char *what);
bp_value *bp_type_schedule(const bp_typing *typing, const bp_expr *expr);

/* ---- value_names.c: vaults, roles, ARNs, targets, conditions */

/* The text argument of vault("x") and its like; false when reported. */
bool bp_call_text(const bp_typing *typing, const bp_expr *call, const char *what, bp_expr *text);
bp_value *bp_type_vault(const bp_typing *typing, const bp_expr *expr);
bp_value *bp_type_role(const bp_typing *typing, const bp_expr *expr);
bp_value *bp_type_arn(const bp_typing *typing, const bp_expr *expr);
bp_value *bp_type_pattern(const bp_typing *typing, const bp_expr *expr);
/* root, ou(), account(), organization; an unknown one when reported. */
bp_target_ref bp_type_target(const bp_typing *typing, const bp_expr *expr);

/* ---- value_maps.c: tags and conditions, locks */

typedef struct bp_condition {
    bp_str operator_word; /* string_equals … */
    bp_str name;
    bp_span name_span;
    bp_value *key;
    bp_value *value;
} bp_condition;

/* False when reported. */
bool bp_type_condition(const bp_typing *typing, const bp_expr *expr, bp_condition *condition);

typedef struct bp_tag_value {
    bp_ast_name key;
    bp_value *value;
    bp_expr expr;
} bp_tag_value;

typedef BP_VEC(bp_tag_value) bp_tag_values;

bool bp_type_tags(const bp_typing *typing, const bp_expr *expr, bp_tag_values *tags);
bool bp_type_lock(const bp_typing *typing, const bp_expr *expr, bp_lock *lock);
/* topic("name", events: […]). False after a finding. */
bool bp_type_topic(const bp_typing *typing, const bp_expr *expr, bp_topic *topic);

/* ---- template.c */

/* A body and the environment of its words. */
typedef struct bp_layer {
    const bp_ast_body *body;
    const bp_env *env;
} bp_layer;

typedef BP_VEC(bp_layer) bp_layers;

/* Appends the layers of a `uses`, lowest first. False when something did not resolve (reported). */
bool bp_template_layers(bp_elab *elab, const bp_ast_uses *uses, bp_ast_kind kind, const bp_env *env,
                        bp_layers *layers);
/* Checks the defaults of a template, and gives an environment in which they are holes. */
bp_env *bp_template_env(bp_elab *elab, const bp_definition *template);

/* ---- block.c: gathering */

enum { BP_OPERATORS = 3 }; /* of a leaf: assign, append, remove, as they stand in a document */

/* A statement that a block has, and the environment of its words. */
typedef struct bp_chosen {
    const bp_ast_statement *statement; /* NULL: not written */
    const bp_env *env;
    bool bad; /* written, but refused: a hole */
} bp_chosen;

/* What a block says of one setting: all values are of one layer, the control may be of another. */
typedef struct bp_setting_use {
    bp_chosen values[BP_OPERATORS];
    size_t layer; /* of the values */
    bp_chosen control;
    size_t control_layer;
} bp_setting_use;

/* A `children may …` first in a block. */
typedef struct bp_block_control {
    bp_ast_control written; /* may == 0: none */
    const bp_env *env;
} bp_block_control;

typedef struct bp_raw {
    const bp_ast_statement *statement;
    const bp_env *env;
    size_t layer;
    const size_t *top; /* the highest layer that has this key: what lower ones say is dropped */
} bp_raw;

typedef struct bp_instance bp_instance;

struct bp_instance {
    bp_ast_kind kind; /* POLICY, PLAN, RULE, SELECT, COPY, ROLE, VAULT */
    unsigned blocks;  /* BP_BLOCK_ bits of the settings it takes */
    bp_ast_name name;
    bp_span span; /* where a caret for it belongs */
    const bp_env *env;
    const bp_ast_statement *statement; /* NULL for items and templates on their own */
    size_t layer;                      /* of the parent, where it was defined */
    const bp_ast_statement *extension; /* the newest `extend` of it in a layer above */
    size_t extension_layer;
    bp_layers layers;          /* lowest first */
    bp_setting_use **settings; /* by row; NULL where nothing is said */
    bp_block_control deep;     /* for every leaf of the block */
    bp_block_control here;     /* for its container alone */
    BP_VEC(bp_raw) raws;
    bp_map *raw_tops; /* folded key → size_t * */
    BP_VEC(bp_instance *) children;
    bp_map *by_key;
    bp_value *destination;           /* COPY: its reference is set unless it is a hole */
    bp_value *regions[BP_OPERATORS]; /* PLAN: typed before all else, for the partition */
    bool extend;                     /* it changes an inherited block */
    bool form_open;                  /* SELECT that extends: nothing says its form */
    bool holes;                      /* some layer or statement is missing */
    bool lone;                       /* a template without its use: members may come later */
};

/* Gathers an instance whose layers are set: settings chosen, children found and gathered. */
void bp_block_gather(bp_elab *elab, bp_instance *instance);
bp_instance *bp_instance_new(bp_elab *elab, bp_ast_kind kind, bp_ast_name name, const bp_env *env);
/* The statement that gives a setting its value, by the first operator there is; NULL if not set. */
const bp_chosen *bp_instance_chosen(const bp_instance *instance, const char *name);
/* All that is said of a setting; NULL when nothing is. */
const bp_setting_use *bp_instance_use(const bp_instance *instance, const char *name);
/* A typing for a chosen setting. */
bp_typing bp_chosen_typing(bp_elab *elab, const bp_setting *row, const bp_chosen *chosen);

/* ---- choose.c: statements of a block, by the rules of expansion. `index` is that of the layer. */

size_t bp_row_index(const bp_setting *row);
void bp_choose_setting(bp_elab *elab, bp_instance *instance, size_t index,
                       const bp_ast_statement *statement);
void bp_choose_raw(bp_elab *elab, bp_instance *instance, size_t index,
                   const bp_ast_statement *statement);
/* The controls that stand first in the body of a layer. */
void bp_choose_controls(bp_elab *elab, bp_instance *instance, size_t index);

/* ---- extend.c: blocks that are there already */

/* The name of a block within its parent: equal after folding means the same one. Empty for a copy
 * whose destination is a hole. */
bp_str bp_block_key(bp_elab *elab, const bp_instance *instance);
/* A plain block whose name the parent has already. */
void bp_report_repeat(bp_elab *elab, const bp_instance *first, const bp_instance *second);
/* The block of a template below that an `extend` means; NULL if there is none. */
bp_instance *bp_extended(bp_elab *elab, const bp_instance *parent, const bp_instance *wanted);
/* Notes that `wanted` changes the found block; false when its body has changed it before
 * (reported). */
bool bp_extend_once(bp_elab *elab, bp_instance *found, const bp_instance *wanted);
/* Adds an `extend` of an inherited block to its parent; where the parent is a new block, or has a
 * block of this name, that is reported and leaves a hole. */
void bp_extend_inherited(bp_elab *elab, bp_instance *parent, bp_instance *wanted);

/* ---- select.c */

/* Decides the form of a selection: sets its blocks. */
void bp_select_form(bp_elab *elab, bp_instance *select);

/* ---- words.c: statements that are none */

/* The row of a setting word in blocks; NULL when it is none (reported). *meant is then the row that
 * was meant, or NULL. */
const bp_setting *bp_setting_word(bp_elab *elab, const bp_ast_statement *statement,
                                  const bp_env *env, unsigned blocks, const bp_setting **meant);
/* Reports what a statement cannot have: settings without `since`, operators and controls where
 * there is no leaf for them. True if its value cannot be used; *control whether its control can. */
bool bp_setting_refused(bp_elab *elab, const bp_ast_statement *statement, const bp_env *env,
                        const bp_setting *row, bool *control);
/* "rule", "tags selection" … of a set of blocks. */
const char *bp_blocks_name(unsigned blocks);

/* ---- build.c: instances to nodes */

/* A block whose control goes to every leaf in it. */
typedef struct bp_spread {
    bp_node *node;
    const bp_block_control *control;
} bp_spread;

/* A block whose members must stand together, once all of it is built. */
typedef struct bp_whole {
    bp_node *node;
    const bp_instance *instance;
} bp_whole;

typedef struct bp_builder {
    bp_elab *elab;
    bp_str partition;
    bool lone;                /* a template on its own: more may come at its use */
    BP_VEC(bp_spread) spread; /* outer blocks before inner ones */
    BP_VEC(bp_whole) whole;
    bp_map *merged; /* raw.c: children by node and key */
    size_t objects; /* raw.c: merged so far */
} bp_builder;

/* The container of a fixed path below a node, made where it is missing. */
bp_node *bp_build_container(bp_builder *build, bp_node *node, bp_str path, const bp_node *origin);
/* A leaf at a path below a node, its containers made; without a value yet. */
bp_node *bp_build_leaf(bp_builder *build, bp_node *node, const bp_setting *row, bp_span span,
                       bp_span uses);
/* Builds the document of a policy. */
bp_node *bp_build_policy(bp_elab *elab, const bp_instance *policy);
/* Builds a template on its own, for its findings alone. */
void bp_build_alone(bp_elab *elab, bp_instance *instance);

/* ---- build_maps.c: settings of several leaves */

void bp_build_tags(bp_builder *build, bp_node *node, const bp_typing *typing,
                   const bp_chosen *chosen);
void bp_build_conditions(bp_builder *build, bp_node *node, const bp_typing *typing,
                         const bp_chosen *chosen);

/* ---- raw.c: JSON into the tree */

/* Merges the raw JSON of a block with what its settings and blocks wrote: object by object, keys
 * compared folded. SYN007 where both write a value or operator. */
void bp_build_raws(bp_builder *build, bp_node *node, const bp_instance *instance);

/* ---- raw_value.c */

/* A value as it is written. Never NULL. */
bp_value *bp_raw_value(bp_elab *elab, const bp_env *env, const bp_ast_value *json);
/* Notes the vault, role or number that a value, or an item of it, stands for as a setting. */
void bp_raw_refer(bp_elab *elab, bp_value *value, const bp_setting *row);
/* The set that a list of known words is; anything else is kept as it is written. */
bp_child_control bp_raw_control(bp_elab *elab, const bp_env *env, const bp_ast_value *json);

/* ---- controls.c */

/* Puts a control on the leaf of a setting, or on every leaf below its container. */
void bp_control_setting(bp_builder *build, bp_node *node, const bp_setting *row,
                        const bp_chosen *control);
/* Compiles block controls onto the leaves of their blocks: leaves and inner blocks that have one of
 * their own keep it. Warns about one without any leaf. */
void bp_control_spread(bp_builder *build);

/* ---- members.c: what must stand together */

void bp_check_selection(bp_elab *elab, const bp_instance *select, const bp_node *node);
void bp_check_scans(bp_elab *elab, const bp_instance *plan, const bp_node *node);

/* ---- declare.c: roles, vaults, policies */

void bp_declare_role(bp_elab *elab, const bp_env *env, const bp_ast_item *item);
void bp_declare_vault(bp_elab *elab, const bp_env *env, const bp_ast_item *item);
void bp_declare_policy(bp_elab *elab, const bp_env *env, const bp_ast_item *item);

#endif

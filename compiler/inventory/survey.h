/*
 * The survey: what dumps of AWS CLI calls say about an organization, gathered unit by unit.
 *
 * A unit is what one complete call answers: a section, where it applies an account, a Region and
 * what else the call names. Dumps are read as streams, in any order and in pieces; what they say
 * is kept as one text a unit, equal texts once. The end of it is an organization, and findings
 * about what was missing, cut off or contradictory. All memory is the session's arena.
 */
#ifndef BP_COMPILER_INVENTORY_SURVEY_H
#define BP_COMPILER_INVENTORY_SURVEY_H

#include "compiler/organization/organization.h"
#include "lib/json_read.h"

typedef struct bp_survey bp_survey;

typedef struct bp_survey_options {
    const bp_facts *facts; /* the tables about AWS to read by; NULL: those that are compiled in */
    bool allow_truncated;  /* a list that is cut off is no error; its unit stays unknown */
    bool config_complete;  /* AWS Config knows every vault */
    bool has_captured;     /* for dumps that do not say when they were taken */
    int64_t captured;
    bp_str *keep_roles; /* names of roles to keep besides those of AWS Backup */
    size_t keep_role_count;
    bp_str *watched_tags;
    size_t watched_tag_count;
} bp_survey_options;

bp_survey *bp_survey_new(bp_arena *arena, bp_diagnostics *diagnostics,
                         const bp_survey_options *options);

/* Starts from an inventory: what no dump answers stays as it says. `org` must live as long. */
void bp_survey_start_from(bp_survey *survey, const bp_organization *org);

/*
 * Reads a stream of dumps. `path` is how findings name it, and what may tell the dump, account and
 * Region. False: nothing can be taken from it, which is reported.
 */
bool bp_survey_read(bp_survey *survey, bp_str path, bp_json_input input);
/* The same for YAML, as `--output yaml` prints it: one whole text. */
bool bp_survey_read_yaml(bp_survey *survey, const bp_source *source);
/* A file that cannot be read at all: reported, and the job cannot be done. */
void bp_survey_unreadable(bp_survey *survey, bp_str path, bp_str why);
/* A file that holds no answer of a call: reported. */
void bp_survey_no_answer(bp_survey *survey, bp_str path, const char *reason, const char *why);
/* A file that may not be written over: reported, with the option that allows it. */
void bp_survey_no_output(bp_survey *survey, bp_str path, const char *why, const char *way_out);
/* How many inputs nothing could be taken from. */
size_t bp_survey_refused(const bp_survey *survey);

/* Puts the units together. False: they do not make an organization, which is reported. */
bool bp_survey_finish(bp_survey *survey, const bp_organization **org);

/* Texts of policies to write beside the inventory; path as the organization names it. */
typedef struct bp_survey_file {
    bp_str path;
    bp_str text;
} bp_survey_file;
const bp_survey_file *bp_survey_files(const bp_survey *survey, size_t *count);

/* What the units of a section came to. */
typedef struct bp_survey_line {
    const char *section; /* "vaults" */
    size_t complete;
    size_t truncated;
    size_t failed;
    size_t missing;
} bp_survey_line;
/* Lines of sections that have units or lack them, in a fixed order; after bp_survey_finish. */
const bp_survey_line *bp_survey_lines(const bp_survey *survey, size_t *count);

#endif

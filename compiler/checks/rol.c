/*
 * ROL: roles that policies name. The form of the ARN (ROL002, ROL004) is judged from the text; that
 * the role exists (ROL001, ROL003, ROL013) against the inventory and the declared roles.
 */
#include "compiler/checks/families.h"
#include "compiler/checks/forms.h"
#include "compiler/checks/needs.h"
#include "compiler/checks/walk.h"

#include "lib/suggest.h"

static void
finish(const bp_check_context *context, const bp_role_need *need, bp_finding *finding,
       const bp_cell_rows *rows)
{
    bp_finding_scope(context->diagnostics, finding,
                     bp_node_scope(context->arena, need->policy->name, need->node));
    bp_finding_uses(context, finding, need->value->uses);
    bp_cells_tell(context, finding, rows);
}

/* "path/name" as role() takes it. */
static bp_str
role_words(const bp_check_context *context, bp_str path, bp_str name)
{
    return bp_str_format(context->arena, "%.*s%.*s", BP_ARG(bp_str_cut(path, 1, path.size)),
                         BP_ARG(name));
}

/* A declared role of the same name under another path or in another case, or NULL. */
static const bp_role *
declared_near(const bp_check_context *context, const bp_reference *reference)
{
    for (size_t i = 0; i < context->model->roles.count; i++) {
        const bp_role *role = context->model->roles.at[i].role;
        if (bp_str_equal_folded(role->name, reference->name)) {
            return role;
        }
    }
    return NULL;
}

static void
report_near(const bp_check_context *context, const bp_role_need *need, const bp_need_cells *cells,
            const bp_role *declared)
{
    const bp_reference *reference = need->reference;
    bp_diagnostics *list = context->diagnostics;
    bp_str path = declared != NULL ? declared->path : cells->near_role->path;
    bp_str name = declared != NULL ? declared->name : cells->near_role->name;
    bool case_only = !bp_str_equal(name, reference->name);
    bp_str seen = role_words(context, reference->path, reference->name);
    bp_str right = role_words(context, path, name);
    bp_finding *finding =
        bp_report(list, "ROL003", reference->name_span,
                  "role \"%.*s\" does not exist; \"%.*s\" does", BP_ARG(seen), BP_ARG(right));
    if (case_only) {
        finding->severity = BP_WARNING;
    }
    finish(context, need, finding, &cells->absent);
    bp_finding_mark(list, finding, "%s",
                    case_only ? "no role with this exact spelling" : "not under this path");
    bp_finding_label(list, finding, declared != NULL ? declared->span : cells->near_role->span,
                     declared != NULL ? "declared here" : "the inventory has this one");
    bp_finding_note(list, finding, "%s",
                    case_only ? "whether AWS matches role names by case here is not documented"
                              : "the path is part of the ARN; without it the role is not found");
    bp_str quoted = bp_span_text(bp_diagnostics_sources(list), reference->name_span);
    if (bp_str_starts(quoted, BP_STR("\""))) {
        bp_str text = bp_str_format(context->arena, "\"%.*s\"", BP_ARG(right));
        bp_finding_fix(list, finding, true, reference->name_span, text, "replace with \"%.*s\"",
                       BP_ARG(right));
    } else if (reference->literal && quoted.size > 0) {
        bp_finding_fix(list, finding, true, reference->name_span, name, "replace with \"%.*s\"",
                       BP_ARG(name));
        if (!bp_str_equal(path, reference->path)) {
            finding->fixes.count--;
            bp_finding_help(list, finding, "write arn:%.*s:iam::$account:role/%.*s",
                            BP_ARG(reference->partition), BP_ARG(right));
        }
    }
}

static void
report_missing(const bp_check_context *context, const bp_role_need *need,
               const bp_need_cells *cells)
{
    const bp_reference *reference = need->reference;
    bp_diagnostics *list = context->diagnostics;
    const bp_account *first = bp_cells_first(context, &cells->absent);
    bp_str seen = role_words(context, reference->path, reference->name);
    bp_finding *finding = bp_report(
        list, "ROL001", reference->name_span,
        "role \"%.*s\" does not exist in %s; AWS Backup needs it in every account that "
        "the policy reaches",
        BP_ARG(seen),
        cells->absent.count >= cells->cells ? "any account that is reached" : "some accounts");
    finish(context, need, finding, &cells->absent);
    bp_finding_mark(list, finding, "missing in %zu of %zu account%s", cells->absent.count,
                    cells->cells, bp_plural(cells->cells));
    bp_cells_note(context, finding, &cells->absent, "missing in");
    bp_finding_label(list, finding, first->span,
                     "the roles of this account are listed, without it");
    bp_suggester suggester = bp_suggest_start(reference->name);
    for (size_t i = 0; i < context->model->roles.count; i++) {
        bp_suggest_offer(&suggester, context->model->roles.at[i].role->name);
    }
    for (size_t i = 0; first->roles != NULL && i < first->roles->roles.count; i++) {
        bp_suggest_offer(&suggester, first->roles->roles.at[i].name);
    }
    if (suggester.best.size > 0) {
        bp_finding_help(list, finding, "did you mean \"%.*s\"?", BP_ARG(suggester.best));
    } else {
        bp_finding_help(list, finding,
                        "declare it in the project, so that a stack set makes it: role \"%.*s\" "
                        "{}",
                        BP_ARG(reference->name));
    }
}

/* ROL013, once a policy: its newest finding, and whose it is. */
typedef struct default_role {
    const bp_policy *policy;
    bp_finding *finding;
} default_role;

/* The role that only the console makes. True if the need is dealt with. */
static bool
judge_default(const bp_check_context *context, const bp_role_need *need, const bp_need_cells *cells,
              default_role *told)
{
    const bp_reference *reference = need->reference;
    bool known = context->org != NULL && cells->cells > 0 && cells->unknown.count == 0;
    if (!bp_role_is_default(reference) || cells->absent.count > 0 || known) {
        return false;
    }
    bp_diagnostics *list = context->diagnostics;
    if (told->policy == need->policy) {
        bp_finding_label(list, told->finding, reference->name_span, "and here");
        return true;
    }
    told->policy = need->policy;
    told->finding =
        bp_report(list, "ROL013", reference->name_span,
                  "the role \"%.*s\" is taken for granted; only the console makes it, for each "
                  "account",
                  BP_ARG(reference->name));
    finish(context, need, told->finding, &cells->unknown);
    bp_finding_mark(list, told->finding, "not known to exist everywhere");
    bp_finding_note(list, told->finding, "it may not back up or restore S3 buckets");
    bp_finding_help(list, told->finding, "declare a role of your own and name it here");
    return true;
}

void
bp_check_roles(const bp_check_context *context)
{
    if (context->model == NULL || context->effective == NULL) {
        return;
    }
    const bp_needs *needs = bp_needs_of(context);
    bp_account_set unknown = {0};
    default_role told = {0};
    size_t without_inventory = 0;
    for (size_t i = 0; i < needs->roles.count; i++) {
        const bp_role_need *need = &needs->roles.at[i];
        bp_need_cells cells;
        without_inventory += context->org == NULL;
        if (need->role != NULL || context->program->broken) {
            continue; /* what its stack set does not cover is STK004 */
        }
        bp_role_need_judge(context, need, &cells);
        if (judge_default(context, need, &cells, &told)) {
            continue;
        }
        const bp_role *declared = declared_near(context, need->reference);
        if (cells.absent.count > 0 && (declared != NULL || cells.near_role != NULL)) {
            report_near(context, need, &cells, declared);
        } else if (cells.absent.count > 0) {
            report_missing(context, need, &cells);
        }
        for (size_t u = 0; u < cells.unknown.count; u++) {
            bp_account_set_add(context, &unknown, cells.unknown.at[u].account);
        }
    }
    if (unknown.count > 0) {
        bp_skip_check(context->diagnostics, "ROL001", unknown.count,
                      "no complete role list for %zu account%s", unknown.count,
                      bp_plural(unknown.count));
    }
    bp_skip_without_inventory(context, "ROL001", without_inventory);
}

/* One role ARN of a policy. The text alone decides, so a template is told once. */
static void
judge_arn(const bp_check_context *context, const bp_policy *policy, const bp_node *node,
          const char *path)
{
    const bp_value *value = bp_node_value(node, path);
    bp_diagnostics *list = context->diagnostics;
    bp_finding *finding = NULL;
    bool scanner = bp_str_is(bp_str_of(path), "scanner_role_arn");
    if (value == NULL || value->kind != BP_VALUE_TEXT || bp_arn_is_unfinished(value->text)) {
        return;
    }
    const bp_reference *reference = value->reference;
    bp_str shown =
        bp_shown_text(context->arena, reference == NULL ? value->text : reference->account);
    if (reference == NULL) {
        finding = bp_report(list, "ROL002", value->span,
                            "\"%.*s\" is not the ARN of a role; the form is "
                            "arn:PARTITION:iam::$account:role/NAME",
                            BP_ARG(shown));
        if (scanner || bp_str_starts(value->text, BP_STR("arn:"))) {
            finding->aws = BP_AWS_UNKNOWN; /* only other texts were seen to be refused */
        }
    } else if (bp_is_account_id(reference->account)) {
        finding = bp_report(list, "ROL004", reference->account_span,
                            "account %.*s stands in a role ARN; a policy names the role of "
                            "whatever account it reaches, by $account",
                            BP_ARG(reference->account));
        bp_finding_mark(list, finding, "a literal account");
        finding->aws = scanner ? BP_AWS_UNKNOWN : BP_AWS_REJECTS;
        bp_str seen = bp_span_text(bp_diagnostics_sources(list), reference->account_span);
        if (bp_str_equal(seen, reference->account)) {
            bp_finding_fix(list, finding, true, reference->account_span, BP_STR("$account"),
                           "replace with $account");
        }
        if (!policy->from_json) {
            bp_finding_help(list, finding, "write role(\"%.*s\")",
                            BP_ARG(role_words(context, reference->path, reference->name)));
        }
    } else if (!bp_str_is(reference->account, "$account")) {
        finding = bp_report(list, "ROL002", reference->account_span,
                            "\"%.*s\" stands in the account field of a role ARN; it takes $account",
                            BP_ARG(shown));
    } else {
        bp_str fault = bp_role_name_fault(context->arena, reference);
        if (fault.size == 0) {
            return;
        }
        finding = bp_report(list, "ROL002", reference->name_span, "%.*s", BP_ARG(fault));
        finding->aws = BP_AWS_UNKNOWN;
    }
    finding->by_text = true;
    bp_finding_scope(list, finding, bp_node_scope(context->arena, policy->name, node));
    bp_finding_uses(context, finding, value->uses);
}

void
bp_check_role_arns(const bp_check_context *context)
{
    static const char *const forms[] = {"selections/tags", "selections/resources"};
    for (size_t i = 0; context->program != NULL && i < context->program->policies.count; i++) {
        const bp_policy *policy = context->program->policies.at[i];
        const bp_node *plan = bp_node_first(policy->document, "plans");
        for (; plan != NULL; plan = plan->next) {
            for (size_t f = 0; f < 2; f++) {
                const bp_node *selection = bp_node_first(plan, forms[f]);
                for (; selection != NULL; selection = selection->next) {
                    judge_arn(context, policy, selection, "iam_role_arn");
                }
            }
            const bp_node *scanner = bp_node_first(plan, "scan_settings");
            for (; scanner != NULL; scanner = scanner->next) {
                judge_arn(context, policy, scanner, "scanner_role_arn");
            }
        }
    }
}

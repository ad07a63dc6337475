/*
 * What IAM takes as tags and permissions boundary of a role (OPS010). Refused there, the role would
 * be missing in every account, and with it all jobs.
 *
 * Letters of other scripts pass: which of them IAM counts as letters is for IAM to say.
 */
#include "compiler/deploy/parts.h"

static bool
in_tag(char c)
{
    static const char odd[] = " _.:/=+-@";
    return (unsigned char)c >= 0x80 || bp_is_alnum(c) ||
           bp_str_find(bp_str_of(odd), c) < sizeof odd - 1;
}

static bool
check_tag_text(bp_diagnostics *diagnostics, const bp_tag *tag, const char *what, bp_str text)
{
    size_t i = 0;
    while (i < text.size && in_tag(text.at[i])) {
        i++;
    }
    if (i == text.size) {
        return true;
    }
    bp_finding *finding =
        bp_report(diagnostics, "OPS010", tag->span,
                  "the %s of this tag of a role holds \"%c\"; IAM takes letters, digits, blanks "
                  "and _ . : / = + - @ in tags",
                  what, text.at[i]);
    bp_finding_mark(diagnostics, finding, "IAM refuses the role");
    return false;
}

/* The part of an ARN behind `colons` colons. */
static bp_str
behind(bp_str arn, size_t colons)
{
    size_t i = 0;
    for (; i < arn.size && colons > 0; i++) {
        colons -= arn.at[i] == ':';
    }
    return bp_str_cut(arn, i, arn.size);
}

/* "policy/", perhaps a path, and a name. */
static bool
names_policy(bp_str text)
{
    static const char odd[] = "_+=,.@-/";
    if (!bp_str_starts(text, BP_STR("policy/")) || text.at[text.size - 1] == '/') {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (!bp_is_alnum(text.at[i]) && bp_str_find(bp_str_of(odd), text.at[i]) == sizeof odd - 1) {
            return false;
        }
    }
    return true;
}

static bool
is_account(bp_str text)
{
    bool digits = text.size == 12;
    for (size_t i = 0; i < text.size; i++) {
        digits = digits && bp_is_digit(text.at[i]);
    }
    return digits;
}

/* Whether the role may go to this account alone; a name that nothing resolves may be it. */
static bool
stays_in(const bp_bound_role *bound, bp_str account)
{
    const bp_target_refs *written = &bound->role->deploy_to;
    if (written->count != 1 || written->at[0].kind != BP_TARGET_ACCOUNT) {
        return false;
    }
    return bound->targets.count == 0 || bound->targets.at[0].account == NULL ||
           bp_str_equal(bound->targets.at[0].account->id, account);
}

static bool
check_boundary(bp_arena *arena, bp_diagnostics *diagnostics, const bp_bound_role *bound,
               bp_str partition)
{
    const bp_role *role = bound->role;
    bp_str arn = role->permissions_boundary;
    bp_str head = bp_str_format(arena, "arn:%.*s:iam::", BP_ARG(partition));
    bp_str owner = behind(arn, 4);
    owner = bp_str_cut(owner, 0, bp_str_find(owner, ':'));
    bool listed = bp_str_is(owner, "aws") || bp_str_is(owner, "$account") || is_account(owner);
    if (!bp_str_starts(arn, head) || !listed || !names_policy(behind(arn, 5))) {
        bp_finding *finding =
            bp_report(diagnostics, "OPS010", role->boundary_span,
                      "this is no managed policy that IAM takes as a boundary; it is written "
                      "\"%.*s$account:policy/NAME\", or with \"aws\" for one of AWS",
                      BP_ARG(head));
        bp_finding_mark(diagnostics, finding, "IAM refuses the role");
        return false;
    }
    if (is_account(owner) && !stays_in(bound, owner)) {
        bp_finding *finding =
            bp_report(diagnostics, "OPS010", role->boundary_span,
                      "the boundary lies in account %.*s; it has to lie in the account of the "
                      "role, and this role goes to others",
                      BP_ARG(owner));
        bp_finding_mark(diagnostics, finding, "IAM refuses the role elsewhere");
        bp_finding_help(diagnostics, finding, "write $account for the account that gets the role");
        return false;
    }
    return true;
}

bool
bp_check_role_texts(bp_arena *arena, bp_diagnostics *diagnostics, const bp_bound_role *bound,
                    bp_str partition)
{
    const bp_role *role = bound->role;
    bool good = role->permissions_boundary.size == 0 ||
                check_boundary(arena, diagnostics, bound, partition);
    for (size_t i = 0; i < role->tags.count; i++) {
        const bp_tag *tag = &role->tags.at[i];
        good = check_tag_text(diagnostics, tag, "key", tag->key) &&
               check_tag_text(diagnostics, tag, "value", tag->value) && good;
    }
    return good;
}

/*
 * What names of vaults and roles may look like. Only forms: whether anything of that name exists is
 * another family's question.
 */
#include "compiler/checks/forms.h"

#include "compiler/checks/walk.h"

enum { VAULT_NAME_MIN = 2, VAULT_NAME_MAX = 50, ROLE_NAME_MAX = 64 };

bool
bp_vault_name_is_good(bp_str name)
{
    for (size_t i = 0; i < name.size; i++) {
        if (!bp_is_alnum(name.at[i]) && name.at[i] != '-' && name.at[i] != '_') {
            return false;
        }
    }
    return name.size >= VAULT_NAME_MIN && name.size <= VAULT_NAME_MAX;
}

static bool
has_placeholder(bp_str text)
{
    static const char *const marks[] = {"${", "{{", "%{", "!Ref", "Fn::"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (bp_str_contains(text, bp_str_of(marks[i]))) {
            return true;
        }
    }
    if (bp_name_says_later(text)) {
        return true;
    }
    size_t open = bp_str_find(text, '<');
    return open < text.size &&
           bp_str_find(bp_str_cut(text, open, text.size), '>') < text.size - open;
}

bool
bp_text_is_unfinished(bp_str text)
{
    return has_placeholder(text) || bp_str_find(text, '$') < text.size;
}

/* Whether some $word other than $account and $region stands in the text. */
static bool
has_other_variable(bp_str text)
{
    size_t at = bp_str_find(text, '$');
    while (at < text.size) {
        bp_str rest = bp_str_cut(text, at, text.size);
        if (!bp_str_starts(rest, BP_STR("$account")) && !bp_str_starts(rest, BP_STR("$region"))) {
            return true;
        }
        at += 1 + bp_str_find(bp_str_cut(text, at + 1, text.size), '$');
    }
    return false;
}

bool
bp_arn_is_unfinished(bp_str text)
{
    return has_placeholder(text) || has_other_variable(text);
}

static bool
is_role_char(char c)
{
    return bp_is_alnum(c) || bp_str_find(BP_STR("_+=,.@-"), c) < sizeof "_+=,.@-" - 1;
}

bp_str
bp_role_name_fault(bp_arena *arena, const bp_reference *reference)
{
    bp_str name = reference->name;
    if (name.size == 0) {
        return BP_STR("the role has no name");
    }
    if (name.size > ROLE_NAME_MAX) {
        return bp_str_format(arena, "the role name has %zu characters; it may have at most %d",
                             name.size, ROLE_NAME_MAX);
    }
    for (size_t i = 0; i < name.size; i++) {
        if (!is_role_char(name.at[i])) {
            return bp_str_format(arena,
                                 "the role name holds \"%c\"; letters, digits and _+=,.@- are "
                                 "allowed",
                                 name.at[i]);
        }
    }
    if (bp_str_contains(reference->path, BP_STR("//"))) {
        return BP_STR("the role path holds an empty part; parts are divided by one slash");
    }
    if (bp_str_starts(reference->path, BP_STR("/aws-service-role/"))) {
        return BP_STR("this is a service-linked role; AWS Backup cannot be given one in a policy");
    }
    return (bp_str){"", 0};
}

bool
bp_role_arn_is_good(const bp_value *value)
{
    const bp_reference *reference = value->reference;
    if (reference == NULL || !bp_str_is(reference->account, "$account") ||
        reference->name.size == 0 || reference->name.size > ROLE_NAME_MAX ||
        bp_str_contains(reference->path, BP_STR("//")) ||
        bp_str_starts(reference->path, BP_STR("/aws-service-role/"))) {
        return false;
    }
    for (size_t i = 0; i < reference->name.size; i++) {
        if (!is_role_char(reference->name.at[i])) {
            return false;
        }
    }
    return true;
}

bool
bp_lock_is_good(const bp_facts *facts, const bp_lock *lock)
{
    int64_t most = bp_quota_find(facts, "DAYS_MAX")->value;
    int64_t least = bp_quota_find(facts, "VAULT_LOCK_GRACE")->value;
    return lock->min_days >= 1 && lock->min_days <= most && lock->max_days >= 0 &&
           lock->max_days <= most && (lock->max_days == 0 || lock->min_days <= lock->max_days) &&
           (lock->grace_days == 0 || (lock->grace_days >= least && lock->grace_days <= most));
}

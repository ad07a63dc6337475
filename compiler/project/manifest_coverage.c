/*
 * `coverage:` of the manifest: whether every account needs a plan, and which do not, each with a
 * reason. Whether accounts and OUs exist is judged where the inventory is known.
 */
#include "compiler/project/manifest_reader.h"

static void
read_require(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_manifest_take_switch(r, first, &r->manifest->coverage.require);
}

static void
read_management(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_manifest_take_switch(r, first, &r->manifest->coverage.management);
}

static void
read_target(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first, bool is_ou)
{
    bp_str text = {NULL, 0};
    if (!bp_manifest_take_text(
            r, first, is_ou ? "the path of an OU" : "the id or name of an account", &text)) {
        return;
    }
    if (r->exemption->target.text.size > 0) {
        bp_finding *finding = bp_report(r->list, "CFG001", key.span,
                                        "an account and an OU in one exemption; it takes one");
        bp_finding_label(r->list, finding, r->exemption->target.span, "the other one");
        r->bad = true;
        return;
    }
    r->exemption->is_ou = is_ou;
    r->exemption->target = (bp_manifest_text){.text = text, .span = first.span};
}

static void
read_account(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    read_target(r, key, first, false);
}

static void
read_ou(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    read_target(r, key, first, true);
}

static void
read_reason(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    bp_str text = {NULL, 0};
    if (bp_manifest_take_text(r, first, "the reason, in words,", &text)) {
        r->exemption->reason = (bp_manifest_text){.text = text, .span = first.span};
    }
}

/* The same account or OU twice: one of the reasons would never be read. */
static void
refuse_twice(bp_manifest_reader *r, const bp_exemption *made)
{
    const bp_exemption *all = r->manifest->coverage.exempt.at;
    for (size_t i = 0; i < r->manifest->coverage.exempt.count; i++) {
        if (all[i].is_ou == made->is_ou && bp_str_equal(all[i].target.text, made->target.text)) {
            bp_finding *finding = bp_report(r->list, "CFG001", made->target.span,
                                            "\"%.*s\" is exempt twice", BP_ARG(made->target.text));
            bp_finding_label(r->list, finding, all[i].target.span, "first here");
            r->bad = true;
            return;
        }
    }
}

static void
read_exemption(bp_manifest_reader *r, bp_yaml_event item)
{
    static const bp_manifest_key keys[] = {
        {"account", read_account}, {"ou", read_ou}, {"reason", read_reason}};
    bp_exemption made = {.is_ou = false};
    bp_span place = bp_manifest_place(r, item);
    bool bad = r->bad;
    r->exemption = &made;
    r->bad = false;
    bp_manifest_read_map(r, item, keys, 3);
    if (!r->bad && made.target.text.size == 0) {
        bp_report(r->list, "CFG001", place,
                  "an exemption of nothing; it needs \"account\" or \"ou\"");
        r->bad = true;
    } else if (!r->bad && made.reason.text.size == 0) {
        bp_finding *finding =
            bp_report(r->list, "CFG001", made.target.span, "\"%.*s\" is exempt without a reason",
                      BP_ARG(made.target.text));
        bp_finding_help(r->list, finding, "say why it needs no backup: reason: \"…\"");
        r->bad = true;
    }
    if (!r->bad) {
        refuse_twice(r, &made);
        *bp_vec_add(r->arena, &r->manifest->coverage.exempt) = made;
    }
    r->bad = r->bad || bad;
    r->exemption = NULL;
}

static void
read_exempt(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    if (first.kind != BP_YAML_LIST) {
        bp_manifest_wrong_kind(r, first, "a list of exemptions");
        return;
    }
    for (bp_yaml_event item; bp_manifest_next_item(r, &item);) {
        read_exemption(r, item);
    }
}

void
bp_manifest_read_coverage(bp_manifest_reader *r, bp_yaml_event key, bp_yaml_event first)
{
    (void)key;
    static const bp_manifest_key keys[] = {{"require", read_require},
                                           {"management_account", read_management},
                                           {"exempt", read_exempt}};
    bp_manifest_read_map(r, first, keys, 3);
}

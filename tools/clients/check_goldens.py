#!/usr/bin/env python3
"""usage: check_goldens.py FOLDER_OF_CASES

Every case with an org.yaml and an out/: its files are what its manifest says, its inputs fit botocore's models, its templates pass
cfn-lint in the Regions it uses; deployed in a simulated AWS of its organization by the steps of its manifest, every account finds
the vaults and roles that its effective policy names, there is no vault that the manifest does not tell of, and deployed again nothing
changes. Exit status 0 good, 1 bad. No network beyond a loopback port, no AWS account.
"""
import json
import pathlib
import sys

from moto.backup.models import backup_backends
from moto.iam.models import iam_backends

import check_files
import check_templates
import replay
import simulated_aws

faults = []


def expect(holds, text):
    if not holds:
        faults.append(text)


def arns_of(rule):
    yield from rule.get("copy_actions", {})
    if "target_logically_air_gapped_backup_vault_arn" in rule:
        yield rule["target_logically_air_gapped_backup_vault_arn"]


def needed(plan, account):
    """(account, Region, vault) that the rules of an effective plan name."""
    for region in plan["regions"]:
        for rule in plan["rules"].values():
            yield account, region, rule["target_backup_vault_name"]
            for arn in arns_of(rule):
                parts = arn.split(":")
                yield parts[4], parts[3].replace("$region", region), parts[6]


def roles_of(plan):
    """(ARN, who has to assume it)."""
    for form in plan["selections"].values():
        for selection in form.values():
            yield selection["iam_role_arn"], "backup.amazonaws.com"
    for scanner in plan.get("scan_settings", {}).values():
        yield scanner["scanner_role_arn"], "malware-protection.guardduty.amazonaws.com"


def check_account(folder, account):
    roles = {role.arn: str(role.assume_role_policy_document) for role in iam_backends[account]["aws"].roles.values()}
    document = json.loads((folder / f"effective/{account}.json").read_text())
    for name, plan in document.get("plans", {}).items():
        for owner, region, vault in set(needed(plan, account)):
            expect(vault in backup_backends[owner][region].vaults, f"{folder}: plan {name} of {account} finds no vault {vault} in {owner} {region}")
        for arn, who in roles_of(plan):
            arn = arn.replace("$account", account)
            expect(who in roles.get(arn, ""), f"{folder}: plan {name} of {account}: no role {arn} that {who} may assume")


def told_of(manifest, organization):
    """(account, Region, vault) that the manifest deploys."""
    for row in manifest["stack_sets"]:
        for group in row["instances"] if row["kind"] == "vault" else []:
            yield from ((account, region, row["creates"]) for account in organization.below(group) for region in group["regions"])
    for row in manifest["management_account"]["stacks"]:
        yield from ((organization.management, region, row["creates"]) for region in row["regions"] if row["kind"] == "vault")


def check_deployed(folder, organization, url):
    manifest = json.loads((folder / "manifest.json").read_text())
    organization.build(url)
    replay.deploy(folder, url)
    first = replay.standing(url)
    replay.deploy(folder, url)
    for name in replay.changes(first, replay.standing(url)):
        expect(False, f"{folder}: deployed again, {name} changes")
    for account, _ in organization.accounts:
        check_account(folder, account)
    told = set(told_of(manifest, organization))
    for place in sorted(told ^ set(first["vaults"])):
        expect(False, f"{folder}: vault {place} is {'missing' if place in told else 'not in the manifest'}")
    wanted = {policy["name"]: policy["targets"] for policy in manifest["policies"]}
    expect({name: row[2] for name, row in first["policies"].items()} == wanted, f"{folder}: policies are {first['policies']}")


def main():
    cases = sorted(path.parent for path in pathlib.Path(sys.argv[1]).glob("*/org.yaml") if (path.parent / "out/cli").is_dir())
    simulated_aws.install()
    check_files.faults = faults
    regions, templates = set(), set()
    for case in cases:
        check_files.check(case / "out")
        regions.update(check_templates.regions_of(case / "out"))
        templates.update(text for _, text in check_templates.distinct(case / "out"))
        organization = replay.Organization(case / "org.yaml")
        with simulated_aws.server(organization.management) as url:
            check_deployed(case / "out", organization, url)
            simulated_aws.reset(url)
    faults.extend(check_templates.lint({tuple(sorted(regions)): templates}))  # one run: starting it takes most of the time
    expect(len(cases) > 5, f"only {len(cases)} cases")
    print("\n".join(faults) or f"{len(cases)} outputs deployed twice, {len(templates)} templates clean")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

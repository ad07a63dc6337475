#!/usr/bin/env python3
"""usage: organization.py dumps|inventory|project [--accounts N] [--ous N] [--regions N] [--policies N] [--repeat N] [--out FOLDER]

Makes up a large organization, the same for the same numbers (default: 10,000 accounts, 2,000 OUs, 17 Regions, 3 vaults in each
account and Region, 1,000 policies; every 20th account differs a little from the others). Prints it as

  dumps      a stream of envelopes around answers of the AWS CLI, about 350 MB; --repeat N gives every list of vaults N times
  inventory  an org.yaml as a person might write it, which says the same as the dumps

or writes `project`: a manifest and the policies as .bpol files into --out. `backpol inventory import` of dumps and of the inventory
must give the same bytes.
"""
import argparse
import hashlib
import json
import pathlib
import sys

REGIONS = ["ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
           "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1",
           "us-west-2"]
ORG, ROOT, TAKEN = "o-scale00001", "r-sc01", "2026-11-02T06:00:00Z"
VAULTS = ["daily", "monthly", "yearly"]
LOCKS = {"daily": None, "monthly": (28, None), "yearly": (365, 3660)}
POLICIES = ["service-role/AWSBackupServiceRolePolicyForBackup", "service-role/AWSBackupServiceRolePolicyForRestores"]


class Organization:
    def __init__(self, options):
        self.options = options
        self.regions = REGIONS[:options.regions]
        self.accounts = [f"{100000000000 + 7919 * i:012d}" for i in range(options.accounts)]
        self.ous = [f"ou-sc01-{i:08d}" for i in range(options.ous)]

    def parent_of_ou(self, i):
        return ROOT if i < 20 else self.ous[(i - 20) // 6]

    def parent_of_account(self, i):
        return ROOT if i == 0 or not self.ous else self.ous[i % len(self.ous)]

    def drift(self, i):
        """0 for most accounts, else how the account differs."""
        return 0 if i % 20 else 1 + i // 20 % 5

    def vaults(self, i):
        """(name, lock, key, Regions) of an account."""
        drift = self.drift(i)
        rows = [(name, LOCKS[name], "customer", self.regions) for name in VAULTS]
        if drift == 1:
            rows[2] = ("yearly", LOCKS["yearly"], "customer", self.regions[1:])
        if drift == 2:
            rows[0] = ("daily", None, "aws-owned", self.regions)
        if drift == 3:
            rows.append(("Default", None, "customer", self.regions[:1]))
        if drift == 4:
            rows[1] = ("monthly", None, "customer", self.regions)
        if drift == 5:
            rows[2] = ("Yearly", LOCKS["yearly"], "customer", self.regions)
        return rows

    def policy(self, i):
        return {"plans": {f"plan-{i}": {
            "regions": {"@@assign": self.regions[:3]},
            "rules": {f"rule-{n}": {
                "schedule_expression": {"@@assign": f"cron(0 {n} ? * * *)"},
                "target_backup_vault_name": {"@@assign": VAULTS[n % 2]},
                "lifecycle": {"delete_after_days": {"@@assign": str(40 + n)}}} for n in range(3)},
            "selections": {"tags": {"tagged": {
                "iam_role_arn": {"@@assign": "arn:aws:iam::$account:role/org-backup"},
                "tag_key": {"@@assign": "backup"}, "tag_value": {"@@assign": [f"plan-{i}"]}}}}}}}

    def target(self, i):
        return self.ous[i % len(self.ous)] if self.ous else ROOT


def envelope(dump, data, **keys):
    return json.dumps({"dump": dump, **keys, "taken_at": TAKEN, "complete": True})[:-1] + ', "data":\n' + json.dumps(data, indent=4) + "}\n"


def print_tree(org, write):
    for dump, data in (
            ("organizations.describe-organization", {"Organization": {
                "Id": ORG, "Arn": f"arn:aws:organizations::{org.accounts[0]}:organization/{ORG}", "FeatureSet": "ALL",
                "MasterAccountId": org.accounts[0]}}),
            ("organizations.list-roots", {"Roots": [{"Id": ROOT, "Name": "Root", "PolicyTypes": [
                {"Type": "BACKUP_POLICY", "Status": "ENABLED"}]}]}),
            ("organizations.list-aws-service-access-for-organization",
             {"EnabledServicePrincipals": [{"ServicePrincipal": "backup.amazonaws.com", "DateEnabled": 1700000000.1}]}),
            ("organizations.list-delegated-administrators", {"DelegatedAdministrators": []})):
        write(envelope(dump, data))
    write(envelope("backup.describe-global-settings", {"GlobalSettings": {"isCrossAccountBackupEnabled": "false"}},
                   account=org.accounts[0]))
    children, members = {ROOT: []}, {ROOT: []}
    for i, ou in enumerate(org.ous):
        children[ou], members[ou] = [], []
        children[org.parent_of_ou(i)].append({"Id": ou, "Arn": f"arn:aws:organizations::{org.accounts[0]}:ou/{ORG}/{ou}",
                                              "Name": f"Team {i}"})
    for i, account in enumerate(org.accounts):
        members[org.parent_of_account(i)].append({
            "Id": account, "Arn": f"arn:aws:organizations::{org.accounts[0]}:account/{ORG}/{account}", "Email": f"a{i}@example.com",
            "Name": f"account {i}", "Status": "ACTIVE", "State": "ACTIVE", "JoinedMethod": "CREATED", "JoinedTimestamp": 1700000000.1})
    for parent, units in children.items():
        write(envelope("organizations.list-organizational-units-for-parent", {"OrganizationalUnits": units}, parent=parent))
        write(envelope("organizations.list-accounts-for-parent", {"Accounts": members[parent]}, parent=parent))


def print_policies(org, write):
    count = org.options.policies
    write(envelope("organizations.list-policies", {"Policies": [
        {"Id": f"p-{i:010d}", "Name": f"policy-{i}",
         "Arn": f"arn:aws:organizations::{org.accounts[0]}:policy/{ORG}/backup_policy/p-{i:010d}", "Type": "BACKUP_POLICY", "AwsManaged": False} for i in range(count)]}))
    for i in range(count):
        write(envelope("organizations.describe-policy", {"Policy": {
            "PolicySummary": {"Id": f"p-{i:010d}", "Name": f"policy-{i}", "Type": "BACKUP_POLICY"},
            "Content": json.dumps(org.policy(i), separators=(",", ":"))}}))
        write(envelope("organizations.list-targets-for-policy", {"Targets": [
            {"TargetId": org.target(i), "Name": "x", "Type": "ORGANIZATIONAL_UNIT" if org.ous else "ROOT"}]}, policy=f"p-{i:010d}"))
    write(envelope("cloudformation.list-stack-sets", {"Summaries": []}))


def print_accounts(org, write):
    trust = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    for region in org.regions:
        write(envelope("backup.describe-region-settings", {
            "ResourceTypeOptInPreference": {"EBS": True, "EC2": True, "RDS": True, "DynamoDB": True, "Storage Gateway": False},
            "ResourceTypeManagementPreference": {"DynamoDB": True, "EFS": True}}, account=org.accounts[0], region=region))
    for account in org.accounts:
        write(envelope("account.list-regions", {"Regions": [
            {"RegionName": region, "RegionOptStatus": "ENABLED_BY_DEFAULT"} for region in org.regions]}, account=account))
        write(envelope("iam.list-roles", {"Roles": [
            {"Path": path, "RoleName": name, "RoleId": "AROAEXAMPLE", "Arn": f"arn:aws:iam::{account}:role{path}{name}",
             "CreateDate": "2025-01-01T00:00:00+00:00", "AssumeRolePolicyDocument": document, "MaxSessionDuration": 3600}
            for path, name, document in (("/", "org-backup", trust), ("/", "app", {"Version": "2012-10-17", "Statement": []}))]},
            account=account))
        write(envelope("iam.list-attached-role-policies", {"AttachedPolicies": [
            {"PolicyName": policy.rpartition("/")[2], "PolicyArn": "arn:aws:iam::aws:policy/" + policy} for policy in POLICIES]},
            account=account, role="org-backup"))


def vault_template(name, lock, key):
    """An entry of list-backup-vaults, with @A and @R for account and Region."""
    entry = {"BackupVaultName": name, "BackupVaultArn": f"arn:aws:backup:@R:@A:backup-vault:{name}", "VaultType": "BACKUP_VAULT",
             "VaultState": "AVAILABLE", "EncryptionKeyArn": "arn:aws:kms:@R:@A:key/0f3c2a1b-4d5e-6f70-8192-a3b4c5d6e7f8",
             "CreationDate": "2025-03-04T05:06:07.891000+00:00", "CreatorRequestId": "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
             "NumberOfRecoveryPoints": 1234, "Locked": lock is not None}
    if lock is not None:
        entry["MinRetentionDays"] = lock[0]
        if lock[1] is not None:
            entry["MaxRetentionDays"] = lock[1]
            entry["LockDate"] = "2025-04-01T00:00:00+00:00"
    entry["EncryptionKeyType"] = "CUSTOMER_MANAGED_KMS_KEY" if key == "customer" else "AWS_OWNED_KMS_KEY"
    return json.dumps(entry, indent=4).replace("\n", "\n        ")


def print_vaults(org, write):
    templates = {}
    for i, account in enumerate(org.accounts):
        for region in org.regions:
            rows = [(name, lock, key) for name, lock, key, where in org.vaults(i) if region in where]
            for row in rows:
                if row not in templates:
                    templates[row] = vault_template(*row)
            text = ",\n        ".join(templates[row] for row in rows).replace("@A", account).replace("@R", region)
            head = (f'{{"dump": "backup.list-backup-vaults", "account": "{account}", "region": "{region}", '
                    f'"taken_at": "{TAKEN}", "complete": true, "data":\n')
            write((head + '{\n    "BackupVaultList": [\n        ' + text + "\n    ]\n}}\n") * org.options.repeat)


def print_dumps(org, write):
    print_tree(org, write)
    print_policies(org, write)
    print_accounts(org, write)
    print_vaults(org, write)


def quoted(text):
    return json.dumps(text)


def print_inventory(org, write):
    write("backpol_inventory: 1\n" f'captured_at: "{TAKEN}"\n'
          f'organization: {{id: {ORG}, partition: aws, management_account: "{org.accounts[0]}", features: all}}\n'
          "settings: {backup_policy_type: enabled, trusted_access: [backup.amazonaws.com], cross_account_backup: disabled, "
          "delegated_administrators: none}\n"
          "coverage: {tree: complete, regions: everywhere, policies: complete, stack_sets: complete}\n"
          f"sets:\n  regions:\n    everywhere: [{', '.join(org.regions)}]\n  vaults:\n")
    kinds = sorted({org.drift(i) for i in range(len(org.accounts))})
    example = {org.drift(i): i for i in range(len(org.accounts))}
    for kind in kinds:
        write(f"    kind{kind}:\n")
        for name, lock, key, where in org.vaults(example[kind]):
            days = "none" if lock is None else "{mode: governance, min: %d}" % lock[0] if lock[1] is None else \
                "{mode: compliance, min: %d, max: %d}" % lock
            write(f"      - {{name: {name}, in: [{', '.join(where)}], key: {key}, lock: {days}}}\n")
    write(f"  roles:\n    usual:\n      - {{name: org-backup, trust: backup, policies: [{', '.join(POLICIES)}]}}\n"
          "  region_settings:\n    opted:\n      - {in: everywhere, opted_in: [EBS, EC2, RDS, DynamoDB], opted_out: [\"Storage Gateway\"], "
          "managed: [DynamoDB, EFS]}\n")
    children, members = {ROOT: []}, {ROOT: []}
    for i, ou in enumerate(org.ous):
        children[ou], members[ou] = [], []
        children[org.parent_of_ou(i)].append((i, ou))
    for i, account in enumerate(org.accounts):
        settings = ", region_settings: opted" if i == 0 else ""
        members[org.parent_of_account(i)].append(
            f'{{id: "{account}", name: "account {i}", vaults: kind{org.drift(i)}, roles: usual, regions: none{settings}}}')

    def print_node(node, indent):
        if members[node]:
            write(f"{indent}accounts:\n" + "".join(f"{indent}  - {row}\n" for row in members[node]))
        if children[node]:
            write(f"{indent}ous:\n")
        for i, ou in children[node]:
            write(f'{indent}  - id: {ou}\n{indent}    name: "Team {i}"\n')
            print_node(ou, indent + "    ")

    write(f"root:\n  id: {ROOT}\n  name: Root\n")
    print_node(ROOT, "  ")
    texts = [json.dumps(org.policy(i), separators=(",", ":")) for i in range(org.options.policies)]
    rows = [(f"p-{i:010d}", text) for i, text in enumerate(texts)]
    if rows:
        write("policies:\n")
    for i, (policy, text) in enumerate(rows):
        write(f"  - {{id: {policy}, name: policy-{i}, content: {{file: deployed/{policy}.json, chars: {len(text)}, "
              f"sha256: {quoted(hashlib.sha256(text.encode()).hexdigest())}}}}}\n")
    attached = {}
    for i, (policy, _) in enumerate(rows):
        attached.setdefault(org.target(i), []).append(policy)
    if attached:
        write("attachments:\n")
    for target, policies in attached.items():
        write(f"  - {{to: {target}, policies: [{', '.join(policies)}]}}\n")


def write_project(org, folder):
    (folder / "policies").mkdir(parents=True, exist_ok=True)
    (folder / "backpol.yaml").write_text('version: 1\nsources: ["policies/*.bpol"]\noutput: {targets: [policies, templates, cli]}\n')
    for i in range(org.options.policies):
        rules = "".join(
            f'    rule "rule-{n}" {{\n      vault        = vault("{VAULTS[n % 2]}")\n      schedule     = cron("0 {n} ? * * *")\n'
            f"      delete_after = {40 + n}d\n    }}\n" for n in range(3))
        (folder / f"policies/policy-{i}.bpol").write_text(
            f'edition 1\n\npolicy "policy-{i}" {{\n  attach = [ou("{org.target(i)}")]\n\n  plan "plan-{i}" {{\n'
            f"    regions = [{', '.join(org.regions[:3])}]\n\n{rules}\n"
            f'    select "tagged" {{\n      role = role("org-backup")\n      tag_key = "backup"\n      tag_values = ["plan-{i}"]\n    }}\n  }}\n}}\n')


def main():
    parser = argparse.ArgumentParser(usage=__doc__.splitlines()[0][7:])
    parser.add_argument("what", choices=["dumps", "inventory", "project"])
    for name, default in (("accounts", 10000), ("ous", 2000), ("regions", len(REGIONS)), ("policies", 1000), ("repeat", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--out", type=pathlib.Path)
    options = parser.parse_args()
    org = Organization(options)
    if options.what == "project":
        if options.out is None:
            parser.error("project needs --out FOLDER")
        write_project(org, options.out)
    else:
        (print_dumps if options.what == "dumps" else print_inventory)(org, sys.stdout.write)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""usage: check_inventory.py [SHAPE…]      with BACKPOL=PROGRAM

Builds organizations in a simulated AWS, has tools/collect-inventory ask about them with the real `aws` program, imports the
answers, and compares org.yaml with what was built: every OU, account, setting, vault, role and policy. Then the same import
in another order, as one stream, in pieces, twice, and after a collection that was killed and went on: the same bytes. All lists
come in pages of two. Exit status 0 good, 1 bad. No network beyond a loopback port, no AWS account.
"""
import hashlib
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

import boto3

import inventory_facts
import simulated_aws
import simulated_organization
from simulated_organization import MANAGEMENT

HERE = pathlib.Path(__file__).resolve().parent
COLLECT = HERE.parent / "collect-inventory"
REGIONS = ["eu-west-1", "us-east-1"]
ORG, ROOT = "o-exampleorg", "r-ab12"
# OU: name, parent, accounts. Three levels deep each: many beside each other, one below the other, and uneven.
SHAPES = {
    "wide": [(f"ou-ab12-wide000{i}", f"Team {i}", ROOT, [f"20000000000{i}"]) for i in range(5)] +
            [("ou-ab12-wideaaaa", "Größe & \"Maß\"", "ou-ab12-wide0000", []),
             ("ou-ab12-widebbbb", "Team 1", "ou-ab12-wideaaaa", ["012345670123"])],
    "deep": [("ou-ab12-deep0001", "Prod", ROOT, ["300000000001", "300000000002"]),
             ("ou-ab12-deep0002", "EU", "ou-ab12-deep0001", ["300000000003"]),
             ("ou-ab12-deep0003", "prod", "ou-ab12-deep0002", ["300000000004", "300000000005"])],
    "uneven": [("ou-ab12-odd00001", "A", ROOT, []),
               ("ou-ab12-odd00002", "B", ROOT, ["400000000001"]),
               ("ou-ab12-odd00003", "A", "ou-ab12-odd00002", ["400000000002", "400000000003", "400000000004"]),
               ("ou-ab12-odd00004", "A", "ou-ab12-odd00003", ["400000000005"]),
               ("ou-ab12-odd00005", "yes", "ou-ab12-odd00003", [])],
}
SUSPENDED = {"300000000005", "400000000004"}
faults = []


def expect(holds, text):
    if not holds:
        faults.append(text)


class Build:
    """Builds one shape and keeps in `facts` what it built, in the words of org.yaml."""

    def __init__(self, server, shape):
        self.server, self.shape = server, SHAPES[shape]
        self.credentials = {}
        self.facts = {"organization": {"id": ORG, "partition": "aws", "management_account": MANAGEMENT, "features": "all"},
                      "settings": {}, "ous": {}, "accounts": {}, "policies": {}, "attachments": {}, "stack_sets": {}}

    def client(self, service, account=MANAGEMENT, region="us-east-1"):
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        if account != MANAGEMENT:
            if account not in self.credentials:
                arn = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
                self.credentials[account] = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="build")["Credentials"]
            entered = self.credentials[account]
            keys = {"aws_access_key_id": entered["AccessKeyId"], "aws_secret_access_key": entered["SecretAccessKey"],
                    "aws_session_token": entered["SessionToken"]}
        return boto3.client(service, endpoint_url=self.server.url, region_name=region, **keys)

    def tree(self):
        organizations = self.client("organizations")
        simulated_aws.wanted_ids.update(org=[ORG], root=[ROOT])
        organizations.create_organization(FeatureSet="ALL")
        self.facts["ous"][ROOT] = {"name": "Root", "parent": None, "tags": {}}
        self.account(MANAGEMENT, "master", ROOT)
        for ou, name, parent, accounts in self.shape:
            simulated_aws.wanted_ids["ou"] = [ou]
            organizations.create_organizational_unit(ParentId=parent, Name=name)
            self.facts["ous"][ou] = {"name": name, "parent": parent, "tags": {}}
            for account in accounts:
                simulated_aws.wanted_ids["account"] = [account]
                organizations.create_account(Email=f"{account}@example.com", AccountName=f"{name} {account[-2:]}")
                organizations.move_account(AccountId=account, SourceParentId=ROOT, DestinationParentId=ou)
                self.account(account, f"{name} {account[-2:]}", ou)
        organizations.enable_policy_type(RootId=ROOT, PolicyType="BACKUP_POLICY")
        organizations.enable_aws_service_access(ServicePrincipal="backup.amazonaws.com")
        self.facts["settings"] = {"backup_policy_type": "enabled", "trusted_access": ["backup.amazonaws.com"],
                                  "cross_account_backup": "enabled", "delegated_administrators": "none"}
        self.client("backup").update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "true"})

    def administrator(self):
        account = self.shape[0][3][0]
        self.client("organizations").register_delegated_administrator(AccountId=account, ServicePrincipal="backup.amazonaws.com")
        self.facts["settings"]["delegated_administrators"] = [account]

    def tags(self):
        """Of the root, an OU, an account and a policy; everything else has none."""
        organizations = self.client("organizations")
        tagged = [ROOT, self.shape[-1][0], sorted(self.facts["accounts"])[0], sorted(self.facts["policies"])[0]]
        for number, target in enumerate(tagged):
            tags = {"team": "a b", "yes": "no", "n": str(number)}
            organizations.tag_resource(ResourceId=target, Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
            for kind in ("ous", "accounts", "policies"):
                if target in self.facts[kind]:
                    self.facts[kind][target]["tags"] = tags

    def account(self, account, name, parent):
        self.facts["accounts"][account] = {"name": name, "parent": parent, "state": "active", "seen": set(REGIONS), "vaults": {},
                                           "roles": {}, "regions": set(), "settings": {}, "tags": {}}

    def policies(self):
        organizations = self.client("organizations")
        first = self.shape[0][0]
        for number, targets in enumerate([[ROOT], [first, self.shape[-1][0]], [self.shape[-1][0]]]):
            document = {"plans": {f"p{number}": {
                "regions": {"@@assign": [REGIONS[0]]},
                "rules": {"r": {"target_backup_vault_name": {"@@assign": "daily"}, "copy_actions": {
                    f"arn:aws:backup:{REGIONS[1]}:$account:backup-vault:daily": {}}}}}}}
            text = json.dumps(document)
            policy = organizations.create_policy(Content=text, Description="", Name=f"policy {number}", Type="BACKUP_POLICY")
            policy = policy["Policy"]["PolicySummary"]["Id"]
            self.facts["policies"][policy] = {"name": f"policy {number}", "content": text, "tags": {}}
            for target in targets:
                organizations.attach_policy(PolicyId=policy, TargetId=target)
                self.facts["attachments"].setdefault(target, set()).add(policy)

    def settings(self):
        for region in REGIONS:
            opted = {"EBS": True, "DynamoDB": region == REGIONS[0], "Storage Gateway": True, "SAP HANA on Amazon EC2": False}
            managed = {"EFS": True, "DynamoDB": region != REGIONS[0]}
            self.client("backup", region=region).update_region_settings(ResourceTypeOptInPreference=opted,
                                                                        ResourceTypeManagementPreference=managed)
            self.facts["accounts"][MANAGEMENT]["settings"][region] = {"opted": opted, "managed": managed}

    def vault(self, account, region, name, **members):
        backup = self.client("backup", account, region)
        fact = {"kind": "standard", "key": "aws-backup", "lock": "none", "copy_from": "none", **members}
        if fact["kind"] == "air-gapped":
            backup.create_logically_air_gapped_backup_vault(BackupVaultName=name, MinRetentionDays=7, MaxRetentionDays=400)
            fact.update(key="aws-owned", lock={"mode": "compliance", "min": "7", "max": "400"})
        else:
            key = {"aws-backup": simulated_organization.KEY_OF_AWS_BACKUP, "aws-service": "f5f30938-abed-41a2-a0f6-5482d02a2489"}
            arn = f"arn:aws:kms:{region}:{account}:key/" + key.get(fact["key"], "")
            if fact["key"] == "customer":
                arn = self.client("kms", account, region).create_key()["KeyMetadata"]["Arn"]
            backup.create_backup_vault(BackupVaultName=name, EncryptionKeyArn=arn)
        if fact["lock"] != "none" and fact["kind"] == "standard":
            days = {"ChangeableForDays": 3} if fact["lock"]["mode"] == "compliance" else {}
            for word, member in (("min", "MinRetentionDays"), ("max", "MaxRetentionDays")):
                if word in fact["lock"]:
                    days[member] = int(fact["lock"][word])
            backup.put_backup_vault_lock_configuration(BackupVaultName=name, **days)
        self.vault_policy(backup, name, fact["copy_from"])
        self.facts["accounts"][account]["vaults"][name, region] = fact

    def vault_policy(self, backup, name, copy_from):
        allow = {"Effect": "Allow", "Action": "backup:CopyIntoBackupVault", "Resource": "*", "Principal": "*"}
        if copy_from == "none":
            return
        if copy_from == "organization":
            allow["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": [ORG]}}
        elif copy_from == "other":
            allow["Principal"] = {"AWS": f"arn:aws:iam::{MANAGEMENT}:role/one"}
        else:
            allow["Principal"] = {"AWS": [f"arn:aws:iam::{account}:root" for account in copy_from]}
        backup.put_backup_vault_access_policy(BackupVaultName=name, Policy=json.dumps(
            {"Version": "2012-10-17", "Statement": [allow]}))

    def role(self, account, name, path="/", trust="backup", policies=()):
        iam = self.client("iam", account)
        service = "backup.amazonaws.com" if trust == "backup" else "ec2.amazonaws.com"
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": [service]}, "Action": "sts:AssumeRole"}]}))
        for policy in policies:
            iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/" + policy)
        if trust == "backup" or "backup" in name.lower():
            self.facts["accounts"][account]["roles"][path, name] = {"trust": trust, "policies": set(policies)}

    def things(self):
        for place, account in enumerate(sorted(self.facts["accounts"])):
            if account in SUSPENDED:
                continue
            service = ["service-role/AWSBackupServiceRolePolicyForBackup", "service-role/AWSBackupServiceRolePolicyForRestores"]
            self.role(account, "org-backup", policies=service + ["AWSBackupServiceRolePolicyForS3Backup"] if place % 2 else service)
            self.role(account, "app", trust="other")
            for region in REGIONS:
                self.vault(account, region, "daily")
            if place % 3 == 1:
                self.role(account, "-Backup+=,.@", path="/a/b/", trust="other")
                self.vault(account, REGIONS[0], "weekly", key="customer", lock={"mode": "governance", "min": "28"})
                self.vault(account, REGIONS[0], "-_", copy_from="other", key="aws-service")
                self.client("account", account).enable_region(RegionName="eu-south-1")
                self.facts["accounts"][account]["regions"].add("eu-south-1")
            if place % 3 == 2:
                self.vault(account, REGIONS[1], "central", key="customer", copy_from="organization",
                           lock={"mode": "compliance", "min": "7", "max": "3660"})
                self.vault(account, REGIONS[0], "sealed", kind="air-gapped", copy_from=[MANAGEMENT, "012345670123"])

    def stack_set(self):
        """One that makes a vault in every account below an OU, whatever its state."""
        target, name, region = "ou-ab12-odd00002", "vaults-of-stacks", REGIONS[1]
        if target not in self.facts["ous"]:
            return
        cloudformation = self.client("cloudformation")
        cloudformation.create_stack_set(StackSetName=name, PermissionModel="SERVICE_MANAGED", AutoDeployment={"Enabled": True},
                                        TemplateBody=json.dumps({"Resources": {"V": {
                                            "Type": "AWS::Backup::BackupVault", "Properties": {"BackupVaultName": "of-stack"}}}}))
        cloudformation.create_stack_instances(StackSetName=name, Regions=[region],
                                              DeploymentTargets={"OrganizationalUnitIds": [target]})
        for account, fact in self.facts["accounts"].items():
            if fact["parent"] not in (ROOT, "ou-ab12-odd00001"):
                fact["vaults"]["of-stack", region] = {"kind": "standard", "key": "unknown", "lock": "none", "copy_from": "none"}
        self.facts["stack_sets"][name] = {"permission": "service-managed", "auto_deploy": "true", "targets": [target],
                                          "regions": {region}, "makes": {"vaults": ["of-stack"]}, "instances": "current"}

    def suspend(self):
        organizations = self.client("organizations")
        for account in SUSPENDED & set(self.facts["accounts"]):
            organizations.close_account(AccountId=account)
            self.facts["accounts"][account].update(state="suspended", seen=set(), vaults=None, roles=None, regions=None, tags="unknown")

    def all(self):
        self.tree()
        self.policies()
        self.tags()
        self.settings()
        self.things()
        self.stack_set()
        self.suspend()
        if self.shape[0][3]:
            self.administrator()
        return self.facts


def environment(url):
    # Everything of the caller's own AWS settings is left out.
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return {**kept, "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}


SECTIONS = "organization,tree,tags,policies,settings,stack-sets,regions,roles,vaults,vault-policies"
WORDS = ["--assume-role", "OrganizationAccountAccessRole", "--sections", SECTIONS]


def collect(url, folder):
    return subprocess.run([COLLECT, "--out", folder, *WORDS],
                          env=environment(url), capture_output=True, text=True, timeout=900)


def backpol_import(*words, text=None):
    done = subprocess.run([os.environ["BACKPOL"], "inventory", "import", *map(str, words)], input=text, capture_output=True,
                          timeout=120)
    expect(done.returncode == 0, f"import {' '.join(map(str, words))[:200]} ends with {done.returncode}: "
                                 f"{(done.stdout + done.stderr).decode()[-1500:]}")
    return done.returncode == 0


def bytes_of(folder):
    """org.yaml and the documents beside it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def same(work, name, first, *words, text=None):
    folder = work / name
    folder.mkdir()
    if backpol_import("--out", folder / "org.yaml", *words, text=text):
        expect(bytes_of(folder) == first, f"{name}: other bytes than the first import")


def in_pieces(work, dumps, first, seed):
    """What all share, then one import for each account in any order, each into what is there. Answers about one vault belong into one
    import: which key it has, its list and the aliases say together, and the inventory keeps no ids of keys."""
    folder = work / f"pieces-{seed}"
    folder.mkdir()
    shared, accounts = [], {}
    for path in sorted(dumps.rglob("*.json")):
        parts = path.relative_to(dumps).parts
        account = parts[1].removesuffix(".json") if len(parts) > 1 else ""
        (accounts.setdefault(account, []) if account.isdigit() and "organizations" not in parts[0] else shared).append(path)
    order = sorted(accounts)
    random.Random(seed).shuffle(order)
    target = folder / "org.yaml"
    held = backpol_import("--out", target, *shared)
    for account in order:
        held = held and backpol_import("--into", target, *accounts[account])
    if held:
        expect(bytes_of(folder) == first, f"in pieces ({', '.join(order)}): other bytes")


def check_imports(work, dumps, facts):
    folder = work / "first"
    folder.mkdir()
    if not backpol_import("--out", folder / "org.yaml", dumps):
        return None
    first = bytes_of(folder)
    for difference in inventory_facts.differences(facts, inventory_facts.read(folder / "org.yaml")):
        faults.append(difference)
    for policy, fact in facts["policies"].items():
        text = first.get(f"deployed/{policy}.json", b"")
        expect(text == fact["content"].encode(), f"{policy}: another document is kept: {text[:80]}")
        expect(hashlib.sha256(text).hexdigest() in first["org.yaml"].decode(), f"{policy}: another hash is kept")
    files = sorted(dumps.rglob("*.json"))
    same(work, "again", first, dumps)
    same(work, "backwards", first, *reversed(files))
    stream = [path.read_bytes() for path in files]
    random.Random(1).shuffle(stream)
    same(work, "stream", first, "-", text=b"\n".join(stream))
    if backpol_import("--into", folder / "org.yaml", dumps):
        expect(bytes_of(folder) == first, "imported twice into one file: other bytes")
    for seed in (1, 2):
        in_pieces(work, dumps, first, seed)
    return first


def without_times(files):
    return {name: [line for line in text.splitlines() if not line.startswith(b"captured_at:")] for name, text in files.items()}


def check_killed(work, server, first):
    """A collection that is killed and goes on gives the same."""
    dumps = work / "killed"
    with subprocess.Popen([COLLECT, "--out", dumps, *WORDS], env=environment(server.url),
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) as running:
        while running.poll() is None and len(list(dumps.rglob("*.json"))) < 40:
            time.sleep(0.1)
        os.killpg(running.pid, signal.SIGKILL)
    before = len(list(dumps.rglob("*.json")))
    done = collect(server.url, dumps)
    expect(done.returncode == 0, f"a resumed collection ends with {done.returncode}: {done.stderr[-600:]}")
    expect(before < len(list(dumps.rglob("*.json"))), "nothing was left to do after the kill")
    folder = work / "resumed"
    folder.mkdir()
    if first is not None and backpol_import("--out", folder / "org.yaml", dumps):
        expect(without_times(bytes_of(folder)) == without_times(first), "a collection that was killed and resumed gives another inventory")


def check_shape(work, shape):
    with simulated_organization.Server() as server:
        facts = Build(server, shape).all()
        server.front.calls.clear()
        done = collect(server.url, work / "dumps")
        expect(done.returncode == 0, f"collect-inventory ends with {done.returncode}: {done.stderr[-1000:]}")
        expect(all(method in ("GET", "POST") for _, _, method, _ in server.front.calls), "a call changes something")
        envelopes = len(list((work / "dumps").rglob("*.json")))
        first = check_imports(work, work / "dumps", facts)
        if shape == "deep":
            check_killed(work, server, first)
    print("\n".join(faults) or f"{shape}: {envelopes} answers of aws, imported as it was built")


def main():
    if len(sys.argv) == 2:
        os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
        simulated_aws.install()
        with tempfile.TemporaryDirectory(dir=os.environ.get("KEEP")) as folder:
            check_shape(pathlib.Path(folder), sys.argv[1])
        return 1 if faults else 0
    # moto holds one organization a process.
    return max(subprocess.run([sys.executable, __file__, shape]).returncode for shape in sys.argv[1:] or SHAPES)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""usage: check_deployment.py OUTPUT_FOLDER

Builds the seed's organization in a simulated AWS, runs cli/deploy.sh of the output with the real `aws` program twice (create,
then update), and looks at the result as AWS Backup would: in every account and Region that a policy reaches, is there the
vault and the role it names? The second run must leave everything as it is, ids and all. Exit status 0 good, 1 bad. No network beyond
a loopback port, no AWS account.
"""
import json
import logging
import os
import pathlib
import subprocess
import sys

import boto3
from moto.backup.models import backup_backends
from moto.iam.models import iam_backends
from moto.server import ThreadedMotoServer

import replay
import simulated_aws

MANAGEMENT = "111122223333"
TREE = {"ou-ab12-prod0001": ("Prod", None, ["222233334444"]),
        "ou-ab12-nprd0001": ("Non-Prod", None, []),
        "ou-ab12-qaqa0001": ("QA", "ou-ab12-nprd0001", ["333344445555"]),
        "ou-ab12-dvdv0001": ("Dev", "ou-ab12-nprd0001", ["444455556666"])}
faults = []


def expect(holds, text):
    if not holds:
        faults.append(text)


def client(service, url):
    return boto3.client(service, endpoint_url=url, region_name="us-east-1", aws_access_key_id="test",
                        aws_secret_access_key="test")


def vaults_in(account, region):
    return set(backup_backends[account][region].vaults)


def build_organization(url):
    organizations = client("organizations", url)
    simulated_aws.wanted_ids.update(org=["o-exampleorg"], root=["r-ab12"])
    organizations.create_organization(FeatureSet="ALL")
    for ou, (name, parent, accounts) in TREE.items():
        simulated_aws.wanted_ids["ou"] = [ou]
        organizations.create_organizational_unit(ParentId=parent or "r-ab12", Name=name)
        for account in accounts:
            simulated_aws.wanted_ids["account"] = [account]
            organizations.create_account(Email=f"{account}@example.com", AccountName=name)
            organizations.move_account(AccountId=account, SourceParentId="r-ab12", DestinationParentId=ou)


def run_script(folder, url):
    environment = {**os.environ, "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                   "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "SKIP_PREREQS": "1",
                   "POLL_SECONDS": "0", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    return subprocess.run(["sh", str(folder / "cli/deploy.sh")], env=environment, capture_output=True, text=True, timeout=300)


def below(target):
    for ou, (_, parent, accounts) in TREE.items():
        if target in (ou, "r-ab12"):
            yield from accounts
        if parent == target:
            yield from below(ou)


def copies_of(plan):
    for rule in plan["rules"].values():
        for arn in rule.get("copy_actions", {}):
            yield arn.split(":")[3], arn.split(":")[-1]


def check_account(account, document):
    roles = {role.name for role in iam_backends[account]["aws"].roles.values()}
    for name, plan in document["plans"].items():
        places = {(region, rule["target_backup_vault_name"]["@@assign"]) for region in plan["regions"]["@@assign"]
                  for rule in plan["rules"].values()} | set(copies_of(plan))
        for region, vault in sorted(places):
            there = vaults_in(account, region)
            expect(vault in there, f"plan {name}: no vault {vault} in {account} {region}, only {sorted(there)}")
        for selection in plan["selections"]["tags"].values():
            role = selection["iam_role_arn"]["@@assign"].rsplit("/", 1)[-1]
            expect(role in roles, f"plan {name}: no role {role} in {account}, only {sorted(roles)}")


def check_result(folder, url):
    manifest = json.loads((folder / "manifest.json").read_text())
    organizations = client("organizations", url)
    summaries = {policy["Name"]: policy["Id"] for policy in organizations.list_policies(Filter="BACKUP_POLICY")["Policies"]}
    expect(sorted(summaries) == sorted(policy["name"] for policy in manifest["policies"]), f"policies are {sorted(summaries)}")
    for policy in manifest["policies"]:
        text = (folder / policy["content"]).read_text()[:-1]
        sent = organizations.describe_policy(PolicyId=summaries[policy["name"]])["Policy"]["Content"]
        expect(sent == text, f"{policy['name']}: another text was sent")
        targets = organizations.list_targets_for_policy(PolicyId=summaries[policy["name"]])["Targets"]
        expect([target["TargetId"] for target in targets] == policy["targets"], f"{policy['name']}: attached to {targets}")
        for target in policy["targets"]:
            for account in sorted(set(below(target))):
                check_account(account, json.loads(text))
    unexpected = vaults_in(MANAGEMENT, "us-east-1")
    expect(not unexpected, f"the management account got vaults: {sorted(unexpected)}")


def main():
    folder = pathlib.Path(sys.argv[1]).resolve()
    os.environ["MOTO_ACCOUNT_ID"] = MANAGEMENT
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    simulated_aws.install()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        build_organization(url)
        before = {}
        for run in ("create", "update"):
            done = run_script(folder, url)
            expect(done.returncode == 0, f"{run} run ends with {done.returncode}: {done.stderr[-600:]}")
            expect("create " not in done.stderr or run == "create", f"the second run creates: {done.stderr}")
            after = replay.standing(url)
            for name in replay.changes(before, after) if run == "update" else []:
                expect(False, f"the second run changes {name}")
            before = after
        check_result(folder, url)
    finally:
        server.stop()
    print("\n".join(faults) or "created; run again, nothing changed; every plan finds its vaults and its role")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""usage: check_removals.py PROGRAM SEED_FOLDER

Deploys the seed in a simulated AWS with the real `aws` program, takes an OU, a policy, a vault and a Region out of the project, builds
with --previous, deploys that and runs cli/remove.sh. What is no longer declared must be gone, what still is must stand, and no vault
may be deleted. A second run changes nothing; without a person's word nothing is touched. Exit status 0 good, 1 bad.
"""
import json
import logging
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import botocore.loaders
import botocore.model
import botocore.validate
from moto.cloudformation.models import cloudformation_backends
from moto.server import ThreadedMotoServer

import simulated_aws
from check_deployment import MANAGEMENT, build_organization, client, expect, faults, run_script, vaults_in

CLASSES = ["policy-attachment", "policy", "stack-instances", "stack-set", "management-stack"]
OPERATIONS = {"policy-attachment": ("organizations", "DetachPolicy"), "policy": ("organizations", "DeletePolicy"),
              "stack-instances": ("cloudformation", "DeleteStackInstances"), "stack-set": ("cloudformation", "DeleteStackSet"),
              "management-stack": ("cloudformation", "DeleteStack")}


def build(program, project, out, *more):
    done = subprocess.run([program, "-C", str(project), "build", "-q", "--as-of", "2026-11-02", "--out", str(out), *more],
                          capture_output=True, text=True)
    expect(done.returncode == 0, f"build ends with {done.returncode}: {done.stderr or done.stdout}")


def remove(folder, url, classes, answers=""):
    environment = {**os.environ, "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
                   "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "POLL_SECONDS": "0",
                   "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    words = [word for name in classes for word in ("--yes", name)]
    return subprocess.run(["sh", str(folder / "cli/remove.sh"), *words], env=environment, input=answers, capture_output=True,
                          text=True, timeout=300)


def state(url):
    """What stands: policies with their targets, instances of stack sets, stacks, vaults."""
    organizations = client("organizations", url)
    backend = cloudformation_backends[MANAGEMENT]["us-east-1"]
    policies = {policy["Name"]: sorted(target["TargetId"] for target in organizations.list_targets_for_policy(PolicyId=policy["Id"])["Targets"])
                for policy in organizations.list_policies(Filter="BACKUP_POLICY")["Policies"]}
    sets = {one.name: sorted((instance.account_id, instance.region_name) for instance in one.stack_instances)
            for one in backend.stacksets.values() if one.status != "DELETED"}
    vaults = {f"{account} {region}": sorted(vaults_in(account, region)) for account in ("222233334444", "333344445555", "444455556666")
              for region in ("us-east-1", "eu-west-1", "ap-northeast-1")}
    stacks = sorted(stack.name for stack in backend.stacks.values() if stack.status != "DELETE_COMPLETE")
    return {"policies": policies, "sets": sets, "vaults": vaults, "stacks": stacks}


def check_inputs(folder):
    loader = botocore.loaders.Loader()
    manifest = json.loads((folder / "manifest.json").read_text())
    expect([row["what"] for row in manifest["removals"]] == sorted((row["what"] for row in manifest["removals"]), key=CLASSES.index),
           "removals are not in order")
    for row in manifest["removals"]:
        service, operation = OPERATIONS[row["what"]]
        model = botocore.model.ServiceModel(loader.load_service_model(service, "service-2"))
        shape = model.operation_model(operation).input_shape
        values = json.loads((folder / row["input"]).read_text())
        bound = {"PolicyId": "p-0123456789"} if service == "organizations" else {}
        report = botocore.validate.ParamValidator().validate({**values, **bound}, shape)
        expect(not report.has_errors(), f"{row['input']}: {report.generate_report()}")
        expect(not set(values) - set(shape.members), f"{row['input']}: members that {operation} does not know")
        expect(row["what"] != "stack-instances" or values["RetainStacks"] is True, f"{row['input']}: the stacks would be deleted")
    return manifest["removals"]


def change(project):
    """Policy nonprod and its vault go, and with them an OU; policy prod loses a Region."""
    (project / "policies/nonprod.bpol").unlink()
    prod = project / "policies/prod.bpol"
    prod.write_text(prod.read_text().replace("[us-east-1, eu-west-1, ap-northeast-1]", "[us-east-1, ap-northeast-1]"))
    for path in project.rglob("*.bpol"):
        path.write_text("\n".join(line for line in path.read_text().split("\n") if not line.startswith('vault "nonprod')))


def check_all(program, seed, url, work):
    project = work / "project"
    shutil.copytree(seed, project)
    build(program, project, work / "old")
    build_organization(url)
    expect(run_script(work / "old", url).returncode == 0, "the first deployment fails")
    before = state(url)
    change(project)
    build(program, project, work / "new", "--previous", str(work / "old/manifest.json"))
    rows = check_inputs(work / "new")
    expect({row["what"] for row in rows} == set(CLASSES[:4]), f"removals are {rows}")
    expect(run_script(work / "new", url).returncode == 0, "the second deployment fails")
    for answers in ("", "no\n", "YES\n", "yes please\n"):
        deployed = state(url)
        expect(remove(work / "new", url, [], answers).returncode == 1, f"answer {answers!r} passes for a person's word")
        expect(state(url) == deployed, f"answer {answers!r} removed something")
    expect(remove(work / "new", url, ["everything"]).returncode == 2, "an unknown class passes")
    done = remove(work / "new", url, CLASSES[:1], "yes\n" * 3)
    expect(done.returncode == 0, f"remove.sh ends with {done.returncode}: {done.stderr[-600:]}")
    after = state(url)
    expect(after["policies"] == {"prodbackuppolicy": ["ou-ab12-prod0001"]}, f"policies are {after['policies']}")
    expect(after["sets"] == {"backpol-role-crossaccountbackuprole": before["sets"]["backpol-role-crossaccountbackuprole"],
                             "backpol-vault-prodbackupvault": [("222233334444", "ap-northeast-1"), ("222233334444", "us-east-1")]},
           f"stack sets are {after['sets']}")
    expect(after["vaults"] == before["vaults"], f"vaults are {after['vaults']}")
    done = remove(work / "new", url, CLASSES)
    expect(done.returncode == 0, f"the second run ends with {done.returncode}: {done.stderr[-600:]}")
    expect(state(url) == after, "the second run changes something")
    expect("deleted" not in done.stderr and "detached" not in done.stderr, f"the second run deletes: {done.stderr}")


def check_other_organization(url, folder):
    plan = folder / "cli/remove.tsv"
    plan.write_text(plan.read_text().replace("o-exampleorg", "o-anotherorg"))
    done = remove(folder, url, CLASSES)
    expect(done.returncode == 1 and "o-anotherorg" in done.stderr, f"another organization passes: {done.stderr}")


def main():
    os.environ["MOTO_ACCOUNT_ID"] = MANAGEMENT
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    simulated_aws.install()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        with tempfile.TemporaryDirectory() as work:
            check_all(sys.argv[1], sys.argv[2], f"http://{host}:{port}", pathlib.Path(work))
            check_other_organization(f"http://{host}:{port}", pathlib.Path(work) / "new")
    finally:
        server.stop()
    print("\n".join(faults) or "removed what is no longer declared, kept every vault; twice is as once")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""usage: check_terraform.py OUTPUT_FOLDER

Lets the real `terraform` evaluate terraform/main.tf.json and compares the result with manifest.json. No provider is needed: each
resource becomes a terraform_data of the same arguments, so expressions, file() calls, references and the order of dependencies are
Terraform's own work. Exit status 0 good, 1 bad, 77 where there is no terraform.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ARGUMENTS = {
    "aws_cloudformation_stack": {"name", "region", "template_body", "template_url", "parameters", "capabilities", "tags"},
    "aws_cloudformation_stack_set": {"name", "description", "permission_model", "call_as", "template_body", "template_url", "parameters",
                                     "capabilities", "auto_deployment", "managed_execution", "tags"},
    "aws_cloudformation_stack_instances": {"stack_set_name", "regions", "call_as", "deployment_targets", "operation_preferences",
                                           "retain_stacks"},
    "aws_organizations_policy": {"name", "description", "type", "content", "tags"},
    "aws_organizations_policy_attachment": {"policy_id", "target_id"},
}
faults = []


def expect(holds, text):
    if not holds:
        faults.append(text)


def as_data(text):
    """References to aws_T.NAME.ATTRIBUTE become ones to terraform_data.aws_T__NAME; text that is escaped stays."""
    return re.sub(r"(?<!\$)\$\{(aws_\w+)\.(\w+)\.(\w+)\}", lambda m: "${terraform_data.%s__%s.%s}" % (
        m[1], m[2], "id" if m[3] == "id" else f"input.{m[3]}"), text)


def rewrite(value):
    if isinstance(value, dict):
        return {key: rewrite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rewrite(item) for item in value]
    return as_data(value) if isinstance(value, str) else value


def stand_ins(document):
    data = {}
    for kind, group in document["resource"].items():
        for name, body in group.items():
            known = ARGUMENTS.get(kind, set())
            arguments = {key: value for key, value in body.items() if key not in ("depends_on", "lifecycle")}
            expect(set(arguments) <= known, f"{kind}.{name}: unknown arguments {sorted(set(arguments) - known)}")
            data[f"{kind}__{name}"] = {"input": rewrite(arguments)}
            if "depends_on" in body:
                data[f"{kind}__{name}"]["depends_on"] = [re.sub(r"^(aws_\w+)\.(\w+)$", r"terraform_data.\1__\2", one)
                                                         for one in body["depends_on"]]
    return data


def run(folder, *words):
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}
    done = subprocess.run(["terraform", *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    expect(done.returncode == 0, f"terraform {words[0]}: {(done.stderr or done.stdout).strip()[:800]}")
    return done.stdout if done.returncode == 0 else None


def evaluate(folder, data):
    with tempfile.TemporaryDirectory() as work:
        copy = pathlib.Path(work) / "copy"
        shutil.copytree(folder, copy)
        place = copy / "terraform"
        (place / "main.tf.json").write_text(json.dumps({"resource": {"terraform_data": data}}))
        run(place, "init", "-backend=false", "-input=false", "-no-color")
        run(place, "plan", "-input=false", "-no-color", "-out=plan.bin")
        shown = run(place, "show", "-json", "plan.bin")
    if shown is None:
        return {}
    found = json.loads(shown)["planned_values"]["root_module"]["resources"]
    return {one["name"]: one["values"]["input"] for one in found}


def check_policies(folder, manifest, got, document):
    for policy in manifest["policies"]:
        text = (folder / policy["content"]).read_text()
        fitting = [name for name, value in got.items() if name.startswith("aws_organizations_policy__") and value["name"] == policy["name"]]
        expect(len(fitting) == 1, f"policy {policy['name']!r} is there {len(fitting)} times")
        if len(fitting) != 1:
            continue
        value = got[fitting[0]]
        expect(json.loads(value["content"]) == json.loads(text), f"policy {policy['name']!r}: another document")
        expect(value["description"] == policy["description"], f"policy {policy['name']!r}: another description")
        reference = "${%s.id}" % fitting[0].replace("__", ".", 1)
        targets = [body["target_id"] for body in document["resource"].get("aws_organizations_policy_attachment", {}).values()
                   if body["policy_id"] == reference]
        expect(targets == policy["targets"], f"policy {policy['name']!r}: attached to {targets}")


def check_template(folder, row, value):
    if "template_url" in value:
        expect(value["template_url"] == row.get("template_url", value["template_url"]), f"{row['slug']}: another template")
    else:
        expect(json.loads(value["template_body"]) == json.loads((folder / row["template"]).read_text()), f"{row['slug']}: another template")
    expect(value["parameters"] == row["parameters"], f"{row['slug']}: other parameters")
    expect(value.get("capabilities", []) == row["capabilities"], f"{row['slug']}: other capabilities")


def check_stacks(folder, manifest, got):
    sets = {value["name"]: value for name, value in got.items() if name.startswith("aws_cloudformation_stack_set__")}
    expect(set(sets) == {row["name"] for row in manifest["stack_sets"]}, f"stack sets are {sorted(sets)}")
    for row in manifest["stack_sets"]:
        if row["name"] in sets:
            check_template(folder, row, sets[row["name"]])
        groups = [{**value["deployment_targets"], "regions": value["regions"]} for name, value in sorted(got.items())
                  if name.startswith("aws_cloudformation_stack_instances__") and value["stack_set_name"] == row["name"]]
        expect(sorted(map(str, map(sorted_items, groups))) == sorted(map(str, map(sorted_items, row["instances"]))),
               f"{row['name']}: other instances {groups}")
    stacks = {(value["name"], value["region"]): value for name, value in got.items() if name.startswith("aws_cloudformation_stack__")}
    wanted = {(row["stack_name"], region): row for row in manifest["management_account"]["stacks"] for region in row["regions"]}
    expect(set(stacks) == set(wanted), f"stacks are {sorted(stacks)}")
    for key in set(stacks) & set(wanted):
        check_template(folder, wanted[key], stacks[key])


def sorted_items(group):
    return sorted(group.items())


def main():
    if shutil.which("terraform") is None:
        print("terraform is not here")
        return 77
    folder = pathlib.Path(sys.argv[1]).resolve()
    manifest = json.loads((folder / "manifest.json").read_text())
    document = json.loads((folder / manifest["terraform"]["directory"] / "main.tf.json").read_text())
    got = evaluate(folder, stand_ins(document))
    check_policies(folder, manifest, got, document)
    check_stacks(folder, manifest, got)
    print("\n".join(faults) or f"{len(got)} resources evaluate to what the manifest says")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""usage: check_files.py OUTPUT_FOLDER

Reads manifest.json as a stranger would: every file it lists is there with that hash, no other file is, the policy text is
what both deployment paths send, and every --cli-input-json file fits botocore's model of the operation it is for.
Exit status 0 good, 1 bad. Prints what is wrong.
"""
import hashlib
import json
import pathlib
import re
import sys

import botocore.loaders
import botocore.model
import botocore.validate

faults = []


def expect(holds, text):
    if not holds:
        faults.append(text)


def check_hashes(folder, manifest):
    listed = manifest["files"]
    found = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} - {"manifest.json"}
    for path in sorted(found - set(listed)):
        expect(False, f"{path}: not in manifest.json")
    for path, digest in listed.items():
        if path not in found:
            expect(False, f"{path}: listed and missing")
            continue
        actual = hashlib.sha256((folder / path).read_bytes()).hexdigest()
        expect(actual == digest, f"{path}: sha256 differs from the manifest")
    expect(list(listed) == sorted(listed), "files of the manifest are not in byte order")


def no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    expect(len(keys) == len(set(keys)), f"an object has a key twice: {keys}")
    return dict(pairs)


def check_policies(folder, manifest):
    management = folder / "cloudformation/management.template.json"
    embedded = {}
    if management.exists():
        for resource in json.loads(management.read_text())["Resources"].values():
            if resource["Type"] == "AWS::Organizations::Policy":
                embedded[resource["Properties"]["Name"]] = resource["Properties"]["Content"]
    for policy in manifest["policies"]:
        raw = (folder / policy["content"]).read_text()
        expect(raw.endswith("\n") and raw.count("\n") == 1, f"{policy['content']}: not one line")
        text = raw[:-1]
        document = json.loads(text, object_pairs_hook=no_duplicates)
        expect(text == json.dumps(document, separators=(",", ":"), ensure_ascii=False), f"{policy['content']}: not minified")
        expect(len(text) == policy["characters"] <= 10000, f"{policy['content']}: size is not what the manifest says")
        pretty = folder / policy["content"].replace(".json", ".pretty.json")
        expect(json.loads(pretty.read_text()) == document, f"{pretty.name}: another document")
        sent = folder / f"cli/policy-{policy['slug']}.create-policy.json"
        if sent.exists():
            expect(json.loads(sent.read_text())["Content"] == text, f"{sent.name}: sends another text")
        if embedded:
            expect(embedded.get(policy["name"]) == document, f"{policy['name']}: the management template holds another document")


def body_of(folder, row):
    return json.loads((folder / row["template"]).read_text())


def check_body(folder, where, row, values):
    if "TemplateURL" in values:
        expect(values["TemplateURL"] == row.get("template_url", values["TemplateURL"]), f"{where}: another address")
        digest = hashlib.sha256((folder / row["template"]).read_bytes()).hexdigest()
        expect(values["TemplateURL"].endswith(f"/{digest}.template.json"), f"{where}: the address is not of {row['template']}")
    else:
        expect(json.loads(values["TemplateBody"]) == body_of(folder, row), f"{where}: another template than {row['template']}")


def groups_of(inputs):
    for values in inputs:
        targets = values["DeploymentTargets"]
        group = {"organizational_unit_ids": targets["OrganizationalUnitIds"], "regions": values["Regions"]}
        if "Accounts" in targets:
            group.update(accounts=targets["Accounts"], account_filter_type=targets["AccountFilterType"])
        yield group


def check_stack_sets(folder, manifest):
    """Every path brings the same templates to the same places."""
    management = folder / "cloudformation/management.template.json"
    resources = json.loads(management.read_text())["Resources"].values() if management.exists() else []
    embedded = {one["Properties"]["StackSetName"]: one["Properties"] for one in resources if one["Type"] == "AWS::CloudFormation::StackSet"}
    if management.exists():
        expect(sorted(embedded) == sorted(row["name"] for row in manifest["stack_sets"]), "the management template has other stack sets")
    for row in manifest["stack_sets"]:
        key = f"{row['kind']}-{row['slug']}"
        if row["name"] in embedded:
            check_body(folder, f"management template, {row['name']}", row, embedded[row["name"]])
            expect(list(groups_of(embedded[row["name"]]["StackInstancesGroup"])) == row["instances"], f"management template, {row['name']}: other places")
        for word in ("create", "update") if "cli" in manifest else ():
            path = folder / f"cli/{key}.{word}-stack-set.json"
            check_body(folder, path.name, row, json.loads(path.read_text()))
        inputs = [json.loads((folder / f"cli/{key}.create-stack-instances.{number}.json").read_text())
                  for number in range(1, len(row["instances"]) + 1)] if "cli" in manifest else []
        expect("cli" not in manifest or list(groups_of(inputs)) == row["instances"], f"{row['name']}: the inputs name other places")
        expect(all(len(group["organizational_unit_ids"]) <= 50 for group in row["instances"]), f"{row['name']}: more than 50 OUs in a call")
    for row in manifest["management_account"]["stacks"]:
        for region in row["regions"] if "cli" in manifest else ():
            for word in ("create", "update"):
                path = folder / f"cli/management-{row['kind']}-{row['slug']}.{region}.{word}-stack.json"
                check_body(folder, path.name, row, json.loads(path.read_text()))


def inputs_fit(shape, value, where):
    """What the validator of botocore leaves out: words that are allowed, patterns and lengths."""
    if shape.type_name == "structure":
        expect(not set(value) - set(shape.members), f"{where}: unknown {sorted(set(value) - set(shape.members))}")
        for name in set(value) & set(shape.members):
            inputs_fit(shape.members[name], value[name], f"{where}.{name}")
    elif shape.type_name == "list":
        expect(len(value) <= shape.metadata.get("max", len(value)), f"{where}: too many")
        for item in value:
            inputs_fit(shape.member, item, where)
    elif shape.type_name == "string":
        enum, pattern = getattr(shape, "enum", None), shape.metadata.get("pattern", "")
        expect(not enum or value in enum, f"{where}: {value!r} is none of {enum}")
        expect(len(value) <= shape.metadata.get("max", len(value)), f"{where}: too long")
        if pattern and "\\p{" not in pattern:
            whole = pattern.removeprefix("^").removesuffix("$")
            expect(re.fullmatch(f"(?:{whole})", value), f"{where}: {value!r} is not of the form {pattern}")


def check_capabilities(where, operation, values):
    if operation in ("CreateStack", "UpdateStack", "CreateStackSet", "UpdateStackSet") and "TemplateBody" in values:
        template = json.loads(values["TemplateBody"])
        named = any("RoleName" in one.get("Properties", {}) for one in template["Resources"].values())
        expect(named == ("CAPABILITY_NAMED_IAM" in values.get("Capabilities", [])), f"{where}: capabilities are {values.get('Capabilities')}")
        given = {one["ParameterKey"]: one["ParameterValue"] for one in values.get("Parameters", [])}
        expect(set(given) == set(template["Parameters"]), f"{where}: parameters are {sorted(given)}")
        for name, parameter in template["Parameters"].items():
            expect(re.fullmatch(parameter["AllowedPattern"], given.get(name, "")), f"{where}: {name} cannot be {given.get(name)!r}")
    if operation == "CreateStackSet":
        expect(values.get("PermissionModel") == "SERVICE_MANAGED" and values.get("AutoDeployment", {}).get("Enabled") is True,
               f"{where}: not service-managed with automatic deployment")
    targets = values.get("DeploymentTargets", {})
    expect(("Accounts" in targets) == ("AccountFilterType" in targets), f"{where}: accounts and filter come together")


def check_inputs(folder, manifest):
    loader = botocore.loaders.Loader()
    models = {}
    steps = manifest.get("cli", {}).get("steps", [])
    expect(bool(steps) == (folder / "cli").is_dir(), "cli steps and cli folder do not go together")
    for step in steps:
        if "input" not in step:
            continue
        service = step["service"]
        if service not in models:
            models[service] = botocore.model.ServiceModel(loader.load_service_model(service, "service-2"))
        operation = step["operation"]
        if operation not in models[service].operation_names:
            operation = "".join(word.capitalize() for word in operation.split("-"))
        shape = models[service].operation_model(operation).input_shape
        values = json.loads((folder / step["input"]).read_text())
        bound = {name: "p-0123456789" for name in step.get("bind", {})}
        report = botocore.validate.ParamValidator().validate({**values, **bound}, shape)
        expect(not report.has_errors(), f"{step['input']}: {report.generate_report()}")
        inputs_fit(shape, values, step["input"])
        check_capabilities(step["input"], operation, values)


def check(folder):
    manifest = json.loads((folder / "manifest.json").read_text(), object_pairs_hook=no_duplicates)
    expect(manifest["format"] == "backpol/manifest/1", "unknown manifest format")
    check_hashes(folder, manifest)
    check_policies(folder, manifest)
    check_stack_sets(folder, manifest)
    check_inputs(folder, manifest)
    return manifest


def main():
    manifest = check(pathlib.Path(sys.argv[1]))
    print("\n".join(faults) or f"{len(manifest['files'])} files as listed, all inputs fit their operations")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

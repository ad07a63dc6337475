#!/usr/bin/env python3
"""usage: check_files.py OUTPUT_FOLDER

Reads manifest.json as a stranger would: every file it lists is there with that hash, no other file is, the policy text is
what both deployment paths send, and every --cli-input-json file fits botocore's model of the operation it is for.
Exit status 0 good, 1 bad. Prints what is wrong.
"""
import hashlib
import json
import pathlib
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
        unknown = set(values) - set(shape.members)
        expect(not unknown, f"{step['input']}: {operation} knows no {sorted(unknown)}")
        report = botocore.validate.ParamValidator().validate({**values, **bound}, shape)
        expect(not report.has_errors(), f"{step['input']}: {report.generate_report()}")
        for name, member in shape.members.items():
            if getattr(member, "enum", None) and name in values:
                expect(values[name] in member.enum, f"{step['input']}: {name} is none of {member.enum}")


def main():
    folder = pathlib.Path(sys.argv[1])
    manifest = json.loads((folder / "manifest.json").read_text(), object_pairs_hook=no_duplicates)
    expect(manifest["format"] == "backpol/manifest/1", "unknown manifest format")
    check_hashes(folder, manifest)
    check_policies(folder, manifest)
    check_inputs(folder, manifest)
    print("\n".join(faults) or f"{len(manifest['files'])} files as listed, all inputs fit their operations")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""usage: check_templates.py OUTPUT_FOLDER

cfn-lint over every template and over the bodies that other files carry; any error or warning is bad. Service-managed stack
sets take no transforms, macros or nested stacks: looked for as well. Exit status 0 good, 1 bad.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

REFUSED = ("AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet", "AWS::CloudFormation::Macro")


def bodies(folder):
    for path in sorted(folder.rglob("*.template.json")):
        yield str(path.relative_to(folder)), path.read_text()
    for path in sorted(folder.glob("cli/*.create-stack*.json")):
        body = json.loads(path.read_text()).get("TemplateBody")
        if body:
            yield str(path.relative_to(folder)), body


def regions_of(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    groups = [group for row in manifest["stack_sets"] for group in row["instances"]] + manifest["management_account"]["stacks"]
    return tuple(sorted({manifest["home_region"]} | {region for group in groups for region in group["regions"]}))


def refused(name, body):
    """What stack sets take from nobody."""
    template = json.loads(body)
    kinds = {resource["Type"] for resource in template["Resources"].values()}
    return not name.startswith("cloudformation/") and ("Transform" in template or "Fn::Transform" in body or kinds & set(REFUSED))


def distinct(folder):
    """(Regions, text) of each template, those that stand in other files too."""
    regions = regions_of(folder)
    for name, body in bodies(folder):
        yield regions, json.dumps(json.loads(body), indent=1) if not refused(name, body) else json.dumps({"Refused": name})


def lint(templates):
    """What cfn-lint says about texts, by the Regions they go to."""
    with tempfile.TemporaryDirectory() as scratch:
        for number, (regions, texts) in enumerate(sorted(templates.items())):
            paths = []
            for text in sorted(texts):
                paths.append(str(pathlib.Path(scratch) / f"{number}-{len(paths)}.template.json"))
                pathlib.Path(paths[-1]).write_text(text)
            run = subprocess.run(["cfn-lint", "--non-zero-exit-code", "warning", "--regions", *regions, "--", *paths], capture_output=True, text=True)
            if run.returncode != 0:
                yield f"Regions {', '.join(regions)}: {run.stdout}{run.stderr}"


def main():
    folder = pathlib.Path(sys.argv[1])
    templates = {}
    for regions, text in distinct(folder):
        templates.setdefault(regions, set()).add(text)
    said = list(lint(templates))
    print("\n".join(said) or f"{sum(map(len, templates.values()))} templates, Regions {', '.join(regions_of(folder))}")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())

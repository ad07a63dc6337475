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


def main():
    folder = pathlib.Path(sys.argv[1])
    regions = sorted({region for stack_set in json.loads((folder / "manifest.json").read_text())["stack_sets"]
                      for group in stack_set["instances"] for region in group["regions"]}) or ["us-east-1"]
    bad, count = 0, 0
    with tempfile.TemporaryDirectory() as scratch:
        paths = []
        for name, body in bodies(folder):
            template = json.loads(body)
            if not name.startswith("cloudformation/"):
                kinds = {resource["Type"] for resource in template["Resources"].values()}
                if "Transform" in template or kinds & set(REFUSED):
                    print(f"{name}: a stack set would refuse it")
                    bad = 1
            path = pathlib.Path(scratch) / (name.replace("/", "_") + ".template.json")
            path.write_text(body)
            paths.append(str(path))
            count += 1
        run = subprocess.run(["cfn-lint", "--regions", *regions, "--", *paths], capture_output=True, text=True)
        if run.returncode != 0:
            print(run.stdout + run.stderr)
            bad = 1
    print(f"{count} templates, Regions {', '.join(regions)}")
    return bad


if __name__ == "__main__":
    sys.exit(main())

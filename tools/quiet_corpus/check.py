#!/usr/bin/env python3
"""usage: check.py PROGRAM [--count N] [--seed S] [--keep FOLDER]

Checks N valid projects of the maker; a finding from warning up is a mistake of a rule, and is printed. Every third
inventory is rewritten into its canonical form first. A project of which no account gets a plan is no proof of anything
and fails as well. --keep writes the projects that are not silent. Exit status 0 when all are silent.
"""
import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

import maker

DAY = "2026-11-02"


def call(program, folder, *words):
    return subprocess.run([program, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def write(files, folder):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def faults_of(program, folder, canonical, levels):
    """What is wrong with the answers about one project; counts the findings by level."""
    if canonical:
        run = call(program, folder, "inventory", "import", "org.yaml", "--out", "org.yaml")
        if run.returncode:
            return [f"inventory import: {run.stdout}{run.stderr}"]
    run = call(program, folder, "check", "--as-of", DAY, "--format", "json")
    if run.returncode not in (0, 1) or not run.stdout:
        return [f"check ended with {run.returncode}: {run.stderr}"]
    faults = []
    for finding in json.loads(run.stdout)["findings"]:
        levels[finding["severity"]] += 1
        if finding["severity"] != "info":
            faults.append(f'{finding["severity"]}[{finding["code"]}] {finding.get("file")}:{finding.get("line")}: {finding["message"]}')
    run = call(program, folder, "effective", "--as-of", DAY, "--format", "json")
    if not run.stdout or not any(account["effective"]["plans"] for account in json.loads(run.stdout)["accounts"]
                                 if account["effective"]):
        faults.append(f"no account gets a plan {run.stderr}")
    return faults


def main():
    parser = argparse.ArgumentParser(description="valid projects are silent")
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=220)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path)
    options = parser.parse_args()
    levels, used, loud = collections.Counter(), collections.Counter(), 0
    for seed in range(options.seed, options.seed + options.count):
        made = maker.Maker(seed)
        files = made.project()
        used.update(made.features)
        used[made.partition] += 1
        with tempfile.TemporaryDirectory() as folder:
            write(files, pathlib.Path(folder))
            faults = faults_of(options.program.resolve(), folder, seed % 3 == 0, levels)
        if faults:
            loud += 1
            print(f"project {seed} ({made.partition}, {' '.join(sorted(made.features))})", *faults, sep="\n  ")
            if options.keep:
                write(files, options.keep / str(seed))
    never = [name for name in maker.FEATURES + list(maker.PARTITIONS) if not used[name]]
    print(f"{options.count} projects: {loud} not silent; findings: {levels['error']} errors, {levels['warning']} warnings, "
          f"{levels['info']} infos{'; never used: ' + ' '.join(never) if never else ''}")
    return 1 if loud or never else 0


if __name__ == "__main__":
    sys.exit(main())

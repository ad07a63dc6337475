#!/usr/bin/env python3
"""usage: merges.py PROGRAM FOLDER
Holds the program and the reference model against the cases in FOLDER: policies by level, and what they become.
Prints every difference by the name of the case. Exit status 0 when there is none."""
import json
import pathlib
import sys
import tempfile

import model
import organization
import program

ACCOUNT = "222233334444"


def judge(path, name, case, folder):
    levels = case["levels"] + ([[]] if len(case["levels"]) == 1 else [])
    organization.of_levels(levels, ACCOUNT).write(folder)
    said = program.ask(path, folder)[ACCOUNT]
    wrong = []
    if said["effective"] != case["effective"]:
        wrong.append(f"the program makes {json.dumps(said['effective'])}")
    if said["valid"] != case["valid"]:
        wrong.append(f"the program says valid: {said['valid']}")
    if model.effective(levels) != case["effective"]:
        wrong.append(f"the model makes {json.dumps(model.effective(levels))}")
    for line in wrong:
        print(f"{name}: {line}")
    return not wrong


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    files = sorted(pathlib.Path(sys.argv[2]).glob("*.json"))
    good = 0
    with tempfile.TemporaryDirectory() as folder:
        for file in files:
            good += judge(sys.argv[1], file.stem, json.loads(file.read_text()), pathlib.Path(folder) / file.stem)
    print(f"{len(files)} cases, {len(files) - good} wrong")
    return 0 if files and good == len(files) else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""usage: check.py PROGRAM

Imports a generated organization: the dumps and the same facts written by hand give the same bytes, and memory depends on what is
kept, not on how much is read: four times the dumps of the same accounts take no more. Exit status 0 when it holds.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
NUMBERS = ["--accounts", "150", "--ous", "30", "--regions", "17", "--policies", "10"]


def import_dumps(program, target, *more):
    """Peak memory in KiB of an import of a stream."""
    words = [sys.executable, "-B", HERE / "organization.py", "dumps", *NUMBERS, *more]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as dumps:
        importing = subprocess.Popen([program, "inventory", "import", "-", "--out", target], stdin=dumps.stdout)
        dumps.stdout.close()
        _, status, usage = os.wait4(importing.pid, 0)
        importing.returncode = os.waitstatus_to_exitcode(status)
    if importing.returncode != 0:
        sys.exit(f"import of {' '.join(more) or 'the dumps'} ends with {importing.returncode}")
    return usage.ru_maxrss


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        once = import_dumps(program, work / "once.yaml")
        four = import_dumps(program, work / "four.yaml", "--repeat", "4")
        with open(work / "by-hand.yaml", "wb") as file:
            subprocess.run([sys.executable, "-B", HERE / "organization.py", "inventory", *NUMBERS], check=True, stdout=file)
        subprocess.run([program, "inventory", "import", work / "by-hand.yaml", "--out", work / "hand.yaml"], check=True)
        first = (work / "once.yaml").read_bytes()
        if (work / "four.yaml").read_bytes() != first:
            sys.exit("dumps that say the same four times give another inventory")
        if (work / "hand.yaml").read_bytes() != first:
            sys.exit("the same facts written by hand give another inventory")
        if four > once * 1.1 + 256:
            sys.exit(f"four times the dumps take {four} KiB, once {once} KiB")
    print(f"memory of one time and four times the dumps: {once} and {four} KiB")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""usage: memory_of_check.py PROGRAM MEBIBYTES [ARGUMENT OF dense_organization.py]...
Makes an organization, lets `PROGRAM check` judge it, and holds its peak memory below a limit.
Exit status 0 when it stays below and the program could judge."""
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

GENERATOR = pathlib.Path(__file__).with_name("dense_organization.py")


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    program, limit = pathlib.Path(sys.argv[1]).resolve(), int(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, str(GENERATOR), folder, *sys.argv[3:]], check=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        start = time.monotonic()
        run = subprocess.run([str(program), "-C", folder, "check", "--as-of", "2026-11-03"],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        spent = time.monotonic() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    if peak * 1024 <= before:
        print("the generator took more memory than the program: nothing is known")
    print(f"{peak:.0f} MiB of {limit}, {spent:.1f} s, exit {run.returncode}: {run.stdout.strip().splitlines()[-1]}")
    return 0 if run.returncode in (0, 1) and peak <= limit else 1


if __name__ == "__main__":
    sys.exit(main())

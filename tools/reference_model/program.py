"""The program, asked: one run a process, or many in one by `batch`."""
import json
import os
import subprocess
import threading

AS_OF = "2026-11-02"


def effective_words(folder):
    return ["-C", str(folder), "effective", "--format", "json", "--only", "INH", "--as-of", AS_OF]


def accounts_of(text):
    """{account: element of `effective --format json`}."""
    return {element["id"]: element for element in json.loads(text)["accounts"]}


class Failed(RuntimeError):
    """The program could not do its job."""


def ask(program, folder):
    """What the accounts of a project get, from a process of its own."""
    run = subprocess.run([program] + effective_words(folder), capture_output=True, text=True, timeout=60, check=False)
    if run.returncode not in (0, 1) or not run.stdout:
        raise Failed(f"exit {run.returncode}: {run.stderr.strip()}")
    return accounts_of(run.stdout)


class Batch:
    """Runs many command lines in one process. Answers come back in order."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.rest = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def send(self, lines):
        """Command lines, each a list of words; the answers have to be taken, one for each."""
        data = "".join("\t".join(["backpol"] + words) + "\n" for words in lines).encode()
        writer = threading.Thread(target=self._write, args=(data,), daemon=True)
        writer.start()

    def _write(self, data):
        try:
            self.process.stdin.write(data)
            self.process.stdin.flush()
        except BrokenPipeError:
            pass

    def take(self):
        """(exit code, what was printed) of the next command line. Fails where the process died."""
        pieces = [self.rest]
        while b"\0" not in pieces[-1]:
            piece = os.read(self.process.stdout.fileno(), 1 << 20)
            if not piece:
                raise Failed(f"batch ended with {self.process.wait()}")
            pieces.append(piece)
        text, _, self.rest = b"".join(pieces).partition(b"\0")
        return int(text[-1:]), text[:-1].decode()

    def run(self, lines):
        self.send(lines)
        return [self.take() for _ in lines]

    def accounts(self, folder):
        code, text = self.run([effective_words(folder)])[0]
        if code == 2 or not text:
            raise Failed(f"exit {code} in {folder}")
        return accounts_of(text)

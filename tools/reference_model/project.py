"""Projects made of JSON policies on disk, and what the program says of their accounts."""
import json
import pathlib
import subprocess

ROOT = "r-ab12"
MANAGEMENT = "111122223333"


class Tree:
    """An organization: OUs by their path (a tuple of names), accounts by their id, and policies."""

    def __init__(self):
        self.ous = []       # paths, parents first
        self.accounts = []  # (id, path of the OU)
        self.policies = []  # (document, [target]): a target is a path of an OU or the id of an account

    def levels(self, account):
        """The documents of the levels above an account, the root first, its own last."""
        path = dict(self.accounts)[account]
        places = [path[:length] for length in range(len(path) + 1)] + [account]
        return [[document for document, targets in self.policies if place in targets] for place in places]

    def _node(self, path):
        children = [ou for ou in self.ous if len(ou) == len(path) + 1 and ou[: len(path)] == path]
        node = {"id": ROOT if not path else f"ou-ab12-{self.ous.index(path):08d}"}
        if path:
            node["name"] = path[-1]
        node["accounts"] = [{"id": number, "name": f"Account {number}"} for number, ou in self.accounts if ou == path]
        node["ous"] = [self._node(child) for child in children]
        return node

    def write(self, folder):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        documents = []
        for number, (document, targets) in enumerate(self.policies):
            (folder / f"p{number}.json").write_text(json.dumps(document))
            attach = [f"account:{t}" if isinstance(t, str) else "ou:" + "/".join(t) if t else "root" for t in targets]
            documents.append({"file": f"p{number}.json", "name": f"p{number}", "attach": attach})
        manifest = {"version": 1, "inventory": "org.yaml"}
        if documents:
            manifest["documents"] = documents
        else:
            manifest["sources"] = ["*.bpol"]
            (folder / "none.bpol").write_text("edition 1\n")
        (folder / "backpol.yaml").write_text(json.dumps(manifest))
        root = self._node(())
        root["accounts"].insert(0, {"id": MANAGEMENT, "name": "Management"})
        organization = {"id": "o-exampleorg", "partition": "aws", "management_account": MANAGEMENT}
        inventory = {"backpol_inventory": 1, "captured_at": "2026-11-02", "organization": organization,
                     "coverage": {"tree": "complete"}, "root": root}
        (folder / "org.yaml").write_text(json.dumps(inventory))


def ask(program, folder):
    """{account: element of `effective --format json`}; an error with its text if the program could not say."""
    run = subprocess.run([program, "-C", str(folder), "effective", "--format", "json", "--as-of", "2026-11-02"],
                         capture_output=True, text=True, timeout=60, check=False)
    if run.returncode not in (0, 1) or not run.stdout:
        raise RuntimeError(f"exit {run.returncode}: {run.stderr.strip()}")
    return {element["id"]: element for element in json.loads(run.stdout)["accounts"]}

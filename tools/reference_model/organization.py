"""Organizations with their policies, as projects on disk."""
import json
import pathlib

import model

ROOT = "r-ab12"
MANAGEMENT = "111122223333"
STATES = ("active", "pending-activation", "suspended", "pending-closure", "closed", "unknown")


class Policy:
    """`document` is what AWS gets. `text` is the policy in the language, which makes that document of it; without
    it the policy is written as JSON. Targets: the path of an OU (a tuple; empty for the root), or the id of an
    account."""

    def __init__(self, document, targets, text=None):
        self.document = document
        self.targets = targets
        self.text = text
        self._read = None

    def read(self):
        if self._read is None:
            self._read = model.read(self.document)
        return self._read


class Organization:
    """OUs by their path, accounts by their id, and policies in their order of attachment."""

    def __init__(self):
        self.ous = []        # paths, parents first
        self.accounts = {}   # id → path of the OU
        self.states = {}     # id → state; active ones are left out
        self.policies = []
        self.prelude = ""    # what texts of the language need: roles, vaults

    def places(self, account):
        path = self.accounts[account]
        return [path[:length] for length in range(len(path) + 1)] + [account]

    def levels(self, account):
        """The documents of the levels above an account, the root first, its own last."""
        return [[policy.document for policy in self.policies if place in policy.targets]
                for place in self.places(account)]

    def ou_id(self, path):
        return f"ou-ab12-{self.ous.index(path):08d}" if path else ROOT

    def target(self, place):
        if isinstance(place, str):
            return "account:" + place
        return "ou:" + "/".join(place) if place else "root"

    def inventory(self):
        nodes = {(): {"id": ROOT, "accounts": [], "ous": []}}
        for path in self.ous:
            nodes[path] = {"id": self.ou_id(path), "name": path[-1], "accounts": [], "ous": []}
            nodes[path[:-1]]["ous"].append(nodes[path])
        for number, path in self.accounts.items():
            account = {"id": number, "name": "Account " + number}
            if number in self.states:
                account["state"] = self.states[number]
            nodes[path]["accounts"].append(account)
        return {"backpol_inventory": 1, "captured_at": "2026-11-02",
                "organization": {"id": "o-exampleorg", "partition": "aws", "management_account": MANAGEMENT},
                "coverage": {"tree": "complete"}, "root": nodes[()]}

    def files(self):
        """{name: text} of a project that holds the organization. Texts of the language come before documents."""
        files = {}
        documents = []
        texts = []
        for number, policy in enumerate(self.policies):
            if policy.text is not None:
                texts.append(policy.text)
                continue
            name = f"p{number}"
            files[name + ".json"] = json.dumps(policy.document, ensure_ascii=False)
            documents.append({"file": name + ".json", "name": name,
                              "attach": [self.target(place) for place in policy.targets]})
        manifest = {"version": 1, "inventory": "org.yaml"}
        if documents:
            manifest["documents"] = documents
        if texts or not documents:
            manifest["sources"] = ["all.bpol"]
            files["all.bpol"] = "edition 1\n\n" + self.prelude + "\n".join(texts)
        files["backpol.yaml"] = json.dumps(manifest)
        files["org.yaml"] = json.dumps(self.inventory())
        return files

    def write(self, folder):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files().items():
            with open(folder / name, "w", encoding="utf-8") as file:
                file.write(text)


def of_levels(levels, account):
    """The levels as an organization of one branch; the last one is the account's own."""
    made = Organization()
    for number in range(1, len(levels) - 1):
        made.ous.append(tuple(f"Level {n}" for n in range(1, number + 1)))
    path = made.ous[-1] if made.ous else ()
    made.accounts = {MANAGEMENT: (), account: path}
    for number, documents in enumerate(levels):
        target = path[:number] if number < len(levels) - 1 else account
        made.policies += [Policy(document, [target]) for document in documents]
    return made

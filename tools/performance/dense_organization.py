#!/usr/bin/env python3
"""usage: dense_organization.py FOLDER [--shape distinct|same|rivals|sparse] [--ous N] [--accounts N] [--policies N]
       [--characters N] [--attached N]
Writes a project of JSON policies on a large organization into FOLDER, and for merge_yardstick the policies on the
path of every OU (paths.txt). The same arguments make the same files.

  distinct  every OU carries policies with plans of their own: nothing merges
  same      every OU carries policies that all write to one plan, a rule of their own in it: every level merges
  rivals    the same, and all write the same settings of one rule: every level merges and overrides
  sparse    every policy stands on one OU"""
import argparse
import json
import pathlib
import random

REGIONS = """us-east-1 us-east-2 us-west-1 us-west-2 eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-north-1 ap-northeast-1
ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 sa-east-1""".split()
MANAGEMENT = "111122223333"
DEPTH = 5
ROLE = "arn:aws:iam::$account:role/backuprole"


def assign(value):
    return {"@@assign": value}


def copy_to(region, vault, days):
    arn = f"arn:aws:backup:{region}:$account:backup-vault:{vault}"
    life = {"delete_after_days": assign(str(days))}
    return {arn: {"target_backup_vault_arn": assign(arn), "lifecycle": life}}


def rule(number, hour, days):
    return {"schedule_expression": assign(f"cron({number % 60} {hour} ? * * *)"),
            "start_backup_window_minutes": assign("60"),
            "complete_backup_window_minutes": assign("480"),
            "target_backup_vault_name": assign(f"vault{number % 3}"),
            "lifecycle": {"delete_after_days": assign(str(days))},
            "copy_actions": copy_to("eu-west-1" if number % 2 else "us-west-2", f"vault{number % 3}", days)}


def plan(number, rules, key):
    condition = {f"tier{key}": {"condition_key": assign("aws:ResourceTag/tier"), "condition_value": assign(str(key))}}
    selection = {"iam_role_arn": assign(ROLE), "resource_types": assign(["arn:aws:ec2:*:*:volume/*"]),
                 "conditions": {"string_equals": condition}}
    return {"regions": assign(["us-east-1", "us-east-2", "eu-central-1"]), "rules": rules,
            "selections": {"resources": {f"tier{key}": selection}}}


def document(number, shape, characters):
    """Grows rules and plans until the text is as long as wanted; AWS takes 10 rules in a plan."""
    plans = {}
    while True:
        if shape == "same":
            rules = {f"own-{number}": rule(number, number % 24, 40 + number % 50)}
            return {"plans": {"backup": plan(0, rules, "all")}}
        if shape == "rivals":
            rules = {f"shared-{n}": rule(number + n, n, 40 + number % 50) for n in range(10)}
            return {"plans": {"backup": plan(0, rules, "all")}}
        name = f"plan-{number}-{len(plans)}"
        rules = {f"hour-{n}": rule(number + n, n * 2, 40 + n) for n in range(6)}
        more = dict(plans, **{name: plan(number, rules, f"{number}-{len(plans)}")})
        if plans and len(json.dumps({"plans": more}, separators=(",", ":"))) > characters:
            return {"plans": plans}
        plans = more


class Ou:
    def __init__(self, number, parent):
        self.number, self.ous, self.accounts = number, [], []
        self.parent, self.policies = parent, []
        self.depth = 0 if parent is None else parent.depth + 1
        self.path = "" if parent is None else f"{parent.path}/OU{number}".strip("/")

    def all_policies(self):
        return (self.parent.all_policies() if self.parent else []) + self.policies

    def lines(self, indent):
        pad = " " * indent
        for kind, items in (("accounts", self.accounts), ("ous", self.ous)):
            if items:
                yield f"{pad}{kind}:"
            for item in items:
                if kind == "accounts":
                    yield f'{pad}  - {{id: "{item}", name: "Account {item}"{"" if item == MANAGEMENT else ", profile: member"}}}'
                else:
                    yield f"{pad}  - id: ou-ab12-{item.number:08d}"
                    yield f"{pad}    name: OU{item.number}"
                    yield from item.lines(indent + 4)


def tree(ous, accounts, chance):
    root = Ou(0, None)
    everything = [root]
    root.accounts.append(MANAGEMENT)
    for number in range(1, ous):
        parent = everything[-1] if number <= DEPTH else chance.choice(everything)
        while parent.depth >= DEPTH:
            parent = chance.choice(everything)
        child = Ou(number, parent)
        parent.ous.append(child)
        everything.append(child)
    for number in range(accounts - 1):
        everything[number % ous].accounts.append(f"{200000000000 + number}")
    return everything


def inventory(root):
    regions = ", ".join(REGIONS)
    names = ", ".join("{name: vault%d, in: main}" % n for n in range(3))
    return "\n".join(["backpol_inventory: 1", 'captured_at: "2026-11-02T06:00:00Z"', "organization:", "  id: o-exampleorg",
                      "  partition: aws", f'  management_account: "{MANAGEMENT}"', "  features: all", "settings:",
                      "  backup_policy_type: enabled", "  cross_account_backup: enabled", "coverage:", "  tree: complete",
                      "  regions: main", "sets:", "  regions:", f"    main: [{regions}]", "  vaults:", f"    standard: [{names}]",
                      "  roles:", "    member: [backuprole]", "  profiles:", "    member: {vaults: standard, roles: member}",
                      "root:", "  id: r-ab12", *root.lines(2)]) + "\n"


def attachments(shape, policies, attached, everything, chance):
    """For each policy the places it stands on."""
    places = [[] for _ in range(policies)]
    if shape == "sparse":
        for number, ou in enumerate(chance.sample(everything[1:], min(policies, len(everything) - 1))):
            places[number].append(ou)
        return places
    for ou in everything:
        for number in sorted(chance.sample(range(policies), min(attached, policies))):
            places[number].append(ou)
    return places


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--shape", choices=["distinct", "same", "rivals", "sparse"], default="distinct")
    for name, value in {"ous": 2000, "accounts": 10000, "policies": 1000, "characters": 10000, "attached": 10}.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    wanted = parser.parse_args()
    chance = random.Random(1)
    everything = tree(wanted.ous, wanted.accounts, chance)
    places = attachments(wanted.shape, wanted.policies, wanted.attached, everything, chance)
    folder = wanted.folder
    (folder / "policies").mkdir(parents=True, exist_ok=True)
    documents = []
    for number in range(wanted.policies):
        made = document(number, wanted.shape, wanted.characters)
        for ou in places[number]:
            ou.policies.append(number)
        file = f"policies/p{number:04d}.json"
        (folder / file).write_text(json.dumps(made, separators=(",", ":")))
        attach = [f"ou:{ou.path}" if ou.path else "root" for ou in places[number]]
        if attach:
            documents.append({"file": file, "name": f"p{number:04d}", "attach": attach})
    manifest = {"version": 1, "inventory": "org.yaml", "documents": documents}
    (folder / "backpol.yaml").write_text(json.dumps(manifest, indent=1))
    (folder / "org.yaml").write_text(inventory(everything[0]))
    (folder / "paths.txt").write_text("".join(" ".join(map(str, ou.all_policies())) + "\n" for ou in everything))


if __name__ == "__main__":
    main()

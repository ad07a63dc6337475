#!/usr/bin/env python3
"""usage: compare.py PROGRAM [--count N] [--seed N]
Makes organizations with policies at random and compares what the program and the reference model make of every
account. A difference is made as small as it gets and printed as a case for testdata/merges. Exit status 0 when
there is none."""
import argparse
import copy
import json
import pathlib
import random
import sys
import tempfile

import model
import project

REGIONS = ["eu-west-1", "eu-north-1", "us-east-1", "ap-south-1"]
VALUES = ["gold", "silver", "12", 12, True, "true"]
SWITCHES = ["true", "false", True]
VAULT = "arn:aws:backup:eu-north-1:$account:backup-vault:%s"
ROLE = "arn:aws:iam::$account:role/backup"


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, share):
        return self.random.random() < share

    def spell(self, word):
        """Fixed keys and operators may be written in any case; so may names, which fold."""
        return word.upper() if self.chance(0.05) else word.title() if self.chance(0.05) else word

    def control(self, node, share):
        if self.chance(share):
            words = self.random.choice([["@@none"], ["@@all"], ["@@assign"], ["@@append"], ["@@remove"],
                                        ["@@assign", "@@append"], ["@@append", "@@remove"]])
            node[model.CONTROL] = words
        return node

    def scalar(self, values):
        return self.control({self.spell("@@assign"): self.random.choice(values)}, 0.15)

    def listed(self, values):
        node = {}
        for operator in ("@@assign", "@@append", "@@remove"):
            if self.chance(0.45):
                node[operator] = self.random.sample(values, self.random.randint(0 if operator == "@@assign" else 1, min(3, len(values))))
        if not node:
            node["@@assign"] = self.random.sample(values, 2)
        return self.control(node, 0.2)

    def block(self, members, share, control):
        """A container with some of its members; each is a function that makes one."""
        node = {}
        for name, make in members.items():
            if self.chance(share):
                node[self.spell(name)] = make()
        return self.control(node, control)

    def lifecycle(self):
        return self.block({"delete_after_days": lambda: self.scalar(["35", 35, "365"]),
                           "move_to_cold_storage_after_days": lambda: self.scalar(["1", "30"])}, 0.6, 0.1)

    def copy(self, name):
        return self.block({"target_backup_vault_arn": lambda: self.scalar([VAULT % name]), "lifecycle": self.lifecycle},
                          0.8, 0.1)

    def rule(self):
        return self.block({"schedule_expression": lambda: self.scalar(["cron(0 5 ? * * *)", "cron(0 1 ? * * *)"]),
                           "target_backup_vault_name": lambda: self.scalar(["main", "other"]),
                           "enable_continuous_backup": lambda: self.scalar(SWITCHES),
                           "start_backup_window_minutes": lambda: self.scalar(["60", 480]),
                           "lifecycle": self.lifecycle,
                           "copy_actions": lambda: self.block({VAULT % name: lambda n=name: self.copy(n)
                                                               for name in ("main", "far")}, 0.4, 0.1)}, 0.5, 0.1)

    def tags(self):
        return self.block({"iam_role_arn": lambda: self.scalar([ROLE]), "tag_key": lambda: self.scalar(["tier", "Tier"]),
                           "tag_value": lambda: self.listed(VALUES)}, 0.7, 0.1)

    def resources(self):
        return self.block({"iam_role_arn": lambda: self.scalar([ROLE]),
                           "resource_types": lambda: self.listed(["arn:aws:ec2:*:*:volume/*", "arn:aws:rds:*:*:db:*"])},
                          0.7, 0.1)

    def selections(self):
        return self.block({"tags": lambda: self.block({"marked": self.tags, "late": self.tags}, 0.6, 0.15),
                           "resources": lambda: self.block({"disks": self.resources}, 0.5, 0.15)}, 0.6, 0.1)

    def plan(self):
        return self.block({"regions": lambda: self.listed(REGIONS),
                           "rules": lambda: self.block({"short": self.rule, "long": self.rule}, 0.6, 0.15),
                           "selections": self.selections}, 0.65, 0.1)

    def document(self):
        return {self.spell("plans"): self.block({"orders": self.plan, "ledger": self.plan, "archive": self.plan}, 0.55, 0.1)}

    def tree(self):
        tree = project.Tree()
        for number in range(self.random.randint(0, 4)):
            parent = self.random.choice([()] + [ou for ou in tree.ous if len(ou) < 4])
            tree.ous.append(parent + (f"OU{number}",))
        places = [()] + tree.ous
        for number in range(self.random.randint(1, 5)):
            tree.accounts.append((f"2222000{number:05d}", self.random.choice(places)))
        targets = places + [number for number, _ in tree.accounts]
        for _ in range(self.random.randint(1, 7)):
            chosen = self.random.sample(targets, min(len(targets), 1 if self.chance(0.7) else 2))
            tree.policies.append((self.document(), chosen))
        return tree


def differences(program, tree, folder):
    """Accounts of which the two say different things, with both."""
    tree.write(folder)
    said = project.ask(program, folder)
    found = []
    for account, _ in tree.accounts:
        wanted = model.effective(tree.levels(account))
        if said[account]["effective"] != wanted:
            found.append((account, said[account]["effective"], wanted))
    return found


def smaller(tree):
    """Trees with one thing less: a policy, or a key of a document."""
    for number in range(len(tree.policies)):
        less = copy.deepcopy(tree)
        del less.policies[number]
        yield less
    for number, (document, _) in enumerate(tree.policies):
        for path in list(paths_of(document)):
            less = copy.deepcopy(tree)
            node = less.policies[number][0]
            for key in path[:-1]:
                node = node[key]
            del node[path[-1]]
            yield less


def paths_of(node, path=()):
    if isinstance(node, dict):
        for key, value in node.items():
            yield path + (key,)
            yield from paths_of(value, path + (key,))


def minimise(program, tree, folder):
    again = True
    while again:
        again = False
        for number, less in enumerate(smaller(tree)):
            if differences(program, less, pathlib.Path(folder) / f"less{number}"):
                tree, again = less, True
                break
    return tree


def show(program, tree, seed, folder):
    tree = minimise(program, tree, folder)
    account, said, wanted = differences(program, tree, pathlib.Path(folder) / "least")[0]
    levels = tree.levels(account)
    print(f"seed {seed}: the program and the model differ")
    print(json.dumps({"about": f"seed {seed}", "levels": levels, "effective": wanted}, indent=2))
    print(f"the program makes {json.dumps(said)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    accounts = 0
    for seed in range(options.seed, options.seed + options.count):
        tree = Maker(seed).tree()
        with tempfile.TemporaryDirectory() as folder:
            if differences(options.program, tree, folder):
                show(options.program, tree, seed, folder)
                return 1
        accounts += len(tree.accounts)
    print(f"{options.count} organizations, {accounts} accounts from seed {options.seed}: no difference")
    return 0


if __name__ == "__main__":
    sys.exit(main())

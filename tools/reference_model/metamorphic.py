#!/usr/bin/env python3
"""usage: metamorphic.py BATCH [--count N] [--seed N] [RELATION…]
Changes organizations in ways of which the outcome is known, and holds the program to it: the same accounts get the same
policies and the same findings, or just those that the change foretells. No second implementation is asked. BATCH runs
many command lines in one process. Exit status 0 when all hold."""
import argparse
import collections
import copy
import json
import pathlib
import re
import sys
import tempfile

import language
import program
from maker import Maker
from model import CONTROL
from organization import Organization, Policy

INHERITANCE = ("INH001", "INH002", "INH003", "INH004")
SCRATCH = "/dev/shm" if pathlib.Path("/dev/shm").is_dir() else None
WHOLE_PLAN = {"plans": {"elsewhere": {
    "regions": {"@@assign": ["eu-west-1"]},
    "rules": {"daily": {"target_backup_vault_name": {"@@assign": "elsewhere"}}},
    "selections": {"tags": {"all": {"iam_role_arn": {"@@assign": "arn:aws:iam::$account:role/elsewhere"},
                                    "tag_key": {"@@assign": "elsewhere"}, "tag_value": {"@@assign": ["yes"]}}}}}}}
# What `import` writes where the place of `attach` is.
NOT_ATTACHED = "// attached to nothing yet; to attach it, write for example"
CODE = re.compile(r"\[([A-Z]{3}[0-9]{3})\]")


class Changed:
    """What a relation makes of an organization, and what it promises."""

    def __init__(self, organization, accounts=None, codes="all", prepare=()):
        self.organization = organization
        self.accounts = accounts  # {account before: [accounts after]}; None: each is itself
        self.codes = codes        # "all": the same findings; "whole": the same rules, of accounts those of
                                  # INHERITANCE; a tuple: of accounts, those of these rules
        self.prepare = prepare    # command lines to be run in the folder first


class Case:
    def __init__(self, relation, seed, folder):
        self.seed = seed
        self.before = Maker(seed).organization()
        self.changed = relation(Maker(seed + 500000), self.before)
        self.folders = (folder / f"{seed}-before", folder / f"{seed}-after")
        self.skipped = False

    def write(self):
        self.before.write(self.folders[0])
        self.changed.organization.write(self.folders[1])

    def preparing(self):
        return [["-C", str(self.folders[1])] + words for words in self.changed.prepare]

    def prepared(self, answers):
        """A document that AWS refuses is not imported; such a case says nothing."""
        self.skipped = any(code != 0 for code, _ in answers)
        if hasattr(self.changed.organization, "finish") and not self.skipped:
            self.changed.organization.finish(self.folders[1], [text for _, text in answers])

    def asking(self):
        lines = []
        for folder in self.folders:
            lines.append(["-C", str(folder), "effective", "--format", "json", "--as-of", program.AS_OF])
            lines.append(["-C", str(folder), "check", "--format", "line", "--max-findings", "100000",
                          "--as-of", program.AS_OF])
        return lines

    def judge(self, answers):
        """What does not hold, in a line; None when all does."""
        if any(code == 2 for code, _ in answers):
            return "the program could not do it"
        before, after = program.accounts_of(answers[0][1]), program.accounts_of(answers[2][1])
        codes = [collections.Counter(CODE.findall(text)) for _, text in (answers[1], answers[3])]
        if self.changed.codes == "whole":
            codes = [collections.Counter(set(own)) for own in codes]
        if isinstance(self.changed.codes, str) and codes[0] != codes[1]:
            return f"findings: {dict(codes[0] - codes[1])} became {dict(codes[1] - codes[0])}"
        accounts = self.changed.accounts or {number: [number] for number in self.before.accounts}
        for account, twins in accounts.items():
            for twin in twins if account in before else ():
                wrong = self.account(before[account], after.get(twin))
                if wrong:
                    return f"{account} and {twin}: {wrong}"
        return None

    def account(self, before, after):
        if after is None:
            return "is gone"
        for key in ("effective", "valid") if self.changed.codes else ("effective",):
            if before[key] != after[key]:
                return f"{key} was {json.dumps(before[key])}, is {json.dumps(after[key])}"
        codes = [sorted(finding["code"] for finding in element["findings"]) for element in (before, after)]
        if self.changed.codes != "all":
            kept = INHERITANCE if self.changed.codes == "whole" else self.changed.codes
            codes = [set(own).intersection(kept) for own in codes]
        return f"findings were {codes[0]}, are {codes[1]}" if codes[0] != codes[1] else None


def moved(organization, move):
    """A copy in which paths are other paths."""
    made = copy.copy(organization)
    made.ous = list(dict.fromkeys(move(path) for path in organization.ous))
    made.accounts = {number: move(path) for number, path in organization.accounts.items()}
    made.policies = [Policy(policy.document, [move(target) if isinstance(target, tuple) else target
                                              for target in policy.targets], policy.text)
                     for policy in organization.policies]
    return made


def with_policies(organization, policies):
    made = copy.copy(organization)
    made.policies = policies
    return made


def rename_ous(maker, organization):
    """OUs with other names. Texts name them, so that only documents are taken."""
    parts = sorted({part for ou in organization.ous for part in ou})
    names = {part: f"Renamed {number}" for number, part in enumerate(parts)}
    if not names or organization.policies[0].text is not None:
        return None
    return Changed(moved(organization, lambda path: tuple(names[part] for part in path)))


def reorder_tree(maker, organization):
    """OUs and accounts in another order, and so with other ids of OUs."""
    made = copy.copy(organization)
    made.ous = sorted(organization.ous, key=lambda ou: (len(ou), ou[::-1]), reverse=True)
    made.ous.sort(key=len)
    numbers = list(organization.accounts)
    maker.random.shuffle(numbers)
    made.accounts = {number: organization.accounts[number] for number in numbers}
    return Changed(made) if made.ous != organization.ous or numbers != list(organization.accounts) else None


def reorder_policies(maker, organization):
    """Policies in another order, those that share a target in the same one."""
    left = list(organization.policies)
    made = []
    while left:
        free = [policy for number, policy in enumerate(left)
                if all(set(policy.targets).isdisjoint(other.targets) for other in left[:number])]
        made.append(maker.pick(free))
        left.remove(made[-1])
    return Changed(with_policies(organization, made), codes="whole") if made != organization.policies else None


def add_unrelated(maker, organization):
    """An OU, an account and a policy that have nothing to do with the others."""
    made = copy.copy(organization)
    made.ous = organization.ous + [("Elsewhere",)]
    made.accounts = dict(organization.accounts, **{"999900000001": ("Elsewhere",)})
    if organization.policies[0].text is None:
        made.policies = organization.policies + [Policy(WHOLE_PLAN, [("Elsewhere",)])]
    return Changed(made, {number: [number] for number in organization.accounts}, codes=INHERITANCE)


def add_empty(maker, organization):
    """A policy without a plan."""
    if organization.policies[0].text is not None:
        return None
    policy = Policy({"plans": {}}, [maker.pick([()] + organization.ous)])
    return Changed(with_policies(organization, organization.policies + [policy]), codes=INHERITANCE)


def split_policy(maker, organization):
    """A policy becomes one for each of its plans."""
    policies = []
    for policy in organization.policies:
        plans = next(iter(policy.document.values()))
        if policy.text is not None or len(plans) < 2 or any(key.lower() == CONTROL for key in plans):
            policies.append(policy)
            continue
        policies += [Policy({"plans": {name: plan}}, policy.targets) for name, plan in plans.items()]
    if len(policies) == len(organization.policies):
        return None
    return Changed(with_policies(organization, policies), codes=INHERITANCE)


def spell(maker, organization):
    """Fixed keys, operators and names in another case."""
    if organization.policies[0].text is not None:
        return None
    return Changed(with_policies(organization, [Policy(maker.spelled(policy.document), policy.targets)
                                                for policy in organization.policies]), codes=INHERITANCE)


def insert_level(maker, organization):
    """An OU between an OU and what is in it."""
    if organization.policies[0].text is not None:
        return None
    above = maker.pick([()] + organization.ous)
    if any(len(ou) > 4 for ou in organization.ous if ou[:len(above)] == above) or len(above) > 4:
        return None
    between = above + ("Between",)

    def move(path):
        inside = len(path) > len(above) and path[:len(above)] == above
        return between + path[len(above):] if inside else path

    made = moved(organization, move)
    made.accounts = {number: between if path == above else move(path) for number, path in organization.accounts.items()}
    made.ous = sorted(made.ous + [between], key=len)
    return Changed(made)


def move_up(maker, organization):
    """The policies of an account stand on its OU, where nobody else is and nothing else is attached."""
    for account, path in list(organization.accounts.items())[1:]:
        alone = [number for number, other in organization.accounts.items() if other[:len(path)] == path] == [account]
        free = path and not any(target == path for policy in organization.policies for target in policy.targets)
        own = [policy for policy in organization.policies if account in policy.targets and policy.text is None]
        if alone and free and own and organization.states.get(account, "active") == "active" and not any(
                ou != path and ou[:len(path)] == path for ou in organization.ous):
            policies = [Policy(policy.document, [path if target == account else target for target in policy.targets])
                        if policy in own else policy for policy in organization.policies]
            return Changed(with_policies(organization, policies), codes=INHERITANCE)
    return None


def duplicate_ou(maker, organization):
    """An OU twice, with all that is in it and attached to it; so the copies of accounts get what the accounts get."""
    if not organization.ous or organization.policies[0].text is not None:
        return None
    top = maker.pick(organization.ous)
    twin = top[:-1] + (top[-1] + " again",)
    inside = {number: path for number, path in organization.accounts.items() if path[:len(top)] == top}
    copies = {number: "3" + number[1:] for number in inside}
    made = copy.copy(organization)
    made.ous = organization.ous + [twin + ou[len(top):] for ou in organization.ous if ou[:len(top)] == top]
    made.accounts = dict(organization.accounts, **{copies[number]: twin + path[len(top):]
                                                   for number, path in inside.items()})
    made.states = dict(organization.states, **{copies[number]: state for number, state in organization.states.items()
                                               if number in copies})

    def targets(policy):
        more = [twin + target[len(top):] for target in policy.targets
                if isinstance(target, tuple) and target[:len(top)] == top and target]
        return policy.targets + more + [copies[target] for target in policy.targets if target in copies]

    made.policies = [Policy(policy.document, targets(policy)) for policy in organization.policies]
    return Changed(made, {number: [number] + ([copies[number]] if number in copies else [])
                          for number in organization.accounts}, codes=INHERITANCE)


def form(maker, organization):
    """Texts in the canonical layout."""
    if organization.policies[0].text is None:
        return None
    return Changed(organization, prepare=[["fmt", "all.bpol"]])


class Imported(Organization):
    """The same policies in the language, as `import` writes them, each in a file of its own."""

    def finish(self, folder, printed):
        manifest = json.loads((folder / "backpol.yaml").read_text())
        del manifest["documents"]
        manifest["sources"] = [f"p{number}.bpol" for number in range(len(self.policies))]
        (folder / "backpol.yaml").write_text(json.dumps(manifest))
        for number, (policy, text) in enumerate(zip(self.policies, printed)):
            attach = "attach = [" + ", ".join(language.target(target) for target in policy.targets) + "]"
            (folder / f"p{number}.bpol").write_text(text.replace(NOT_ATTACHED, attach, 1), encoding="utf-8")


def into_language(maker, organization):
    """Documents carried into the language. Where none of them defines a plan, each extends what the others have, and
    none may: only the documents are compared."""
    if organization.policies[0].text is not None:
        return None
    made = Imported()
    made.__dict__.update(organization.__dict__)
    return Changed(made, codes=(), prepare=[["import", f"p{number}.json"] for number in range(len(made.policies))])


RELATIONS = [rename_ous, reorder_tree, reorder_policies, add_unrelated, add_empty, split_policy, spell, insert_level,
             move_up, duplicate_ou, form, into_language]


def cases_of(relation, first, count, folder):
    """Cases of a relation from a seed on; not every organization makes one."""
    seed = first
    while count > 0:
        case = Case(relation, seed, folder)
        seed += 1
        if case.changed is not None:
            count -= 1
            yield case


def hold(relation, batch, options):
    """Runs the cases of a relation. Gives (how many, what does not hold)."""
    held = 0
    wrong = []
    with tempfile.TemporaryDirectory(dir=SCRATCH) as folder:
        cases = list(cases_of(relation, options.seed, options.count, pathlib.Path(folder)))
        for case in cases:
            case.write()
            case.prepared(batch.run(case.preparing()))
        cases = [case for case in cases if not case.skipped]
        batch.send([line for case in cases for line in case.asking()])
        for case in cases:
            trouble = case.judge([batch.take() for _ in range(4)])
            held += trouble is None
            if trouble is not None:
                wrong.append(f"{relation.__name__}, seed {case.seed}: {trouble}")
    return held, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("batch")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("relations", nargs="*", metavar="RELATION", help=", ".join(r.__name__ for r in RELATIONS))
    options = parser.parse_args()
    failed = 0
    with program.Batch(options.batch) as batch:
        for relation in RELATIONS:
            if options.relations and relation.__name__ not in options.relations:
                continue
            held, wrong = hold(relation, batch, options)
            print(f"{relation.__name__}: {held} held, {len(wrong)} did not")
            for line in wrong[:3]:
                print("  " + line)
            failed += len(wrong) + (held == 0)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

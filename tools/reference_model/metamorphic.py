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
import sys
import tempfile

import program
from maker import Maker
from model import CONTROL
from organization import Organization, Policy

INHERITANCE = ("INH001", "INH002", "INH003", "INH004")
# A tree that grows may bring what a rule says of the whole organization once.
TREE = ("INH",)
WHOLE_PLAN = {"plans": {"elsewhere": {
    "regions": {"@@assign": ["eu-west-1"]},
    "rules": {"daily": {"target_backup_vault_name": {"@@assign": "elsewhere"}}},
    "selections": {"tags": {"all": {"iam_role_arn": {"@@assign": "arn:aws:iam::$account:role/elsewhere"},
                                    "tag_key": {"@@assign": "elsewhere"}, "tag_value": {"@@assign": ["yes"]}}}}}}}


class Changed:
    """What a relation makes of an organization, and what it promises."""

    def __init__(self, organization, accounts=None, codes="all"):
        self.organization = organization
        self.accounts = accounts  # {account before: [accounts after]}; None: each is itself
        self.codes = codes        # "all": the same findings; a tuple: only those of these rules
        self.commands = []        # to be run in the folder first, each a list of words


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
    names = {part: f"Renamed {number}" for number, part in enumerate(sorted({p for ou in organization.ous for p in ou}))}
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
    names = {f"p{after}": f"p{organization.policies.index(policy)}" for after, policy in enumerate(made)}
    if made == organization.policies or made[0].text is not None and len(names) < 2:
        return None
    return Changed(with_policies(organization, made))


def add_unrelated(maker, organization):
    """An OU, an account and a policy that have nothing to do with the others."""
    made = copy.copy(organization)
    made.ous = organization.ous + [("Elsewhere",)]
    made.accounts = dict(organization.accounts, **{"999900000001": ("Elsewhere",)})
    if organization.policies[0].text is None:
        made.policies = organization.policies + [Policy(WHOLE_PLAN, [("Elsewhere",)])]
    return Changed(made, {number: [number] for number in organization.accounts}, codes="accounts")


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
        alone = not any(other[:len(path)] == path for number, other in organization.accounts.items() if number != account)
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
    changed = Changed(organization)
    changed.commands = [["fmt", "all.bpol"]]
    return changed


class Imported(Organization):
    """The same policies, each in a file of its own that `import` wrote."""

    def files(self):
        files = super().files()
        manifest = json.loads(files["backpol.yaml"])
        del manifest["documents"]
        manifest["sources"] = [f"p{number}.bpol" for number in range(len(self.policies))]
        return dict(files, **{"backpol.yaml": json.dumps(manifest)})


def into_language(maker, organization):
    """Documents carried into the language."""
    if organization.policies[0].text is not None:
        return None
    made = Imported()
    made.__dict__.update(organization.__dict__)
    return Changed(made, codes="import")


RELATIONS = [rename_ous, reorder_tree, reorder_policies, add_unrelated, add_empty, split_policy, spell, insert_level,
             move_up, duplicate_ou, form, into_language]

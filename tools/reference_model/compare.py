#!/usr/bin/env python3
"""usage: compare.py PROGRAM [--batch BATCH] [--count N] [--seed N] [--jobs N] [--statistics]
Makes organizations with policies at random and compares what the program and the reference model make of every
account. A difference is made as small as it gets and printed as a case for testdata/merges. BATCH is the program that
runs many command lines in one process; without it each organization takes a process. Exit status 0 when there is no
difference, 1 when there is one, 2 when the program could not answer."""
import argparse
import collections
import copy
import json
import multiprocessing
import pathlib
import shutil
import sys
import tempfile
import time

import model
import program
from maker import Maker
from organization import Policy

CHUNK = 200
# Rules of the program, and what the model calls the same.
RULES = {"INH001": {"incomplete"}, "INH002": {"conflict"}, "INH003": {"blocked", "closed", "wider"},
         "INH004": {"override"}}
# Where either answer is right: whether AWS sees a plan or rule that holds nothing is not known; a policy that stands on
# two levels may well forbid what it repeats; an assign that drops what a peer brings back is judged by the policy or by
# the result.
UNSURE = {"INH001": {"hollow"}, "INH003": {"attached twice"}, "INH004": {"override made good", "attached twice"}}


class OneByOne:
    """The face of program.Batch, over processes."""

    def __init__(self, path):
        self.path = path
        self.folders = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def ask(self, folders):
        self.folders = list(folders)

    def answer(self):
        return program.ask(self.path, self.folders.pop(0))


class InOne:
    def __init__(self, path):
        self.batch = program.Batch(path)
        self.folders = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.batch.__exit__()

    def ask(self, folders):
        self.folders = list(folders)
        self.batch.send([program.effective_words(folder) for folder in folders])

    def answer(self):
        folder = self.folders.pop(0)
        code, text = self.batch.take()
        if code == 2 or not text:
            raise program.Failed(f"exit {code} in {folder}")
        return program.accounts_of(text)


def expected(organization):
    """{account: (document, what is odd)} of the accounts that policies have to reach: the active ones."""
    places = {}

    def merged(place, above):
        if place not in places:
            state, events = above
            events = set(events)
            documents = [policy.read() for policy in organization.policies if place in policy.targets]
            places[place] = (model.level(state, documents, events), events)
        return places[place]

    found = {}
    for account in organization.accounts:
        if organization.states.get(account, "active") != "active":
            continue
        above = (model.NOTHING, set())
        line = organization.places(account)
        for place in line:
            above = merged(place, above)
        document = model.document_of(above[0])
        events = set(above[1])
        for name, judge in (("incomplete", model.lacking), ("no Region", model.without_region)):
            if judge(document):
                events.add(name)
        if model.hollow(above[0]):
            events.add("hollow")
        if any(len(set(policy.targets) & set(line)) > 1 for policy in organization.policies):
            events.add("attached twice")
        found[account] = (document, events)
    return found


def contributing(organization, account):
    """The names of the policies on the path, from the root down, each once."""
    names = [f"p{number}" for place in organization.places(account)
             for number, policy in enumerate(organization.policies) if place in policy.targets]
    return list(dict.fromkeys(names))


def verdicts(element, events):
    """(rule, what the program says, what the model says) where they differ about rules."""
    codes = {finding["code"] for finding in element["findings"]}
    # A half plan that comes of an unknown name has one finding, of the name.
    lost = "INH012" in codes
    if element["valid"] and (lost or not events.isdisjoint({"incomplete", "no Region"})):
        yield "valid", True, False
    for code, names in RULES.items():
        unsure = not UNSURE.get(code, set()).isdisjoint(events) or (code == "INH001" and lost)
        if not unsure and (code in codes) == names.isdisjoint(events):
            yield code, code in codes, not names.isdisjoint(events)


def differences(organization, said):
    """[(account, what the program says, what the model says)] where the two differ."""
    found = []
    for account, (document, events) in expected(organization).items():
        element = said.get(account)
        if element is None:
            found.append((account, None, document))
        elif element["effective"] != document:
            found.append((account, element["effective"], document))
        elif element["contributing"] != contributing(organization, account):
            found.append((account, element["contributing"], contributing(organization, account)))
        else:
            found += [(account, {name: said}, {name: wanted}) for name, said, wanted in verdicts(element, events)]
    return found


def smaller(organization):
    """Organizations with one thing less: a policy, a target, an account, an OU, or a key of a document."""
    for number, policy in enumerate(organization.policies):
        less = copy.copy(organization)
        less.policies = organization.policies[:number] + organization.policies[number + 1:]
        yield less
        if policy.text is not None:
            yield with_policy(organization, number, Policy(policy.document, policy.targets))
        for target in policy.targets if len(policy.targets) > 1 else []:
            left = [other for other in policy.targets if other != target]
            yield with_policy(organization, number, Policy(policy.document, left))
    for account in list(organization.accounts)[1:]:
        less = copy.copy(organization)
        less.accounts = {number: path for number, path in organization.accounts.items() if number != account}
        if not any(account in policy.targets for policy in organization.policies):
            yield less
    for number, policy in enumerate(organization.policies):
        if policy.text is None:
            for path in paths_of(policy.document):
                yield with_policy(organization, number, Policy(without(policy.document, path), policy.targets))


def with_policy(organization, number, policy):
    less = copy.copy(organization)
    less.policies = organization.policies[:number] + [policy] + organization.policies[number + 1:]
    return less


def without(node, path):
    less = dict(node) if isinstance(node, dict) else list(node)
    if len(path) == 1:
        del less[path[0]]
    else:
        less[path[0]] = without(node[path[0]], path[1:])
    return less


def paths_of(node, path=()):
    """Everything that may be taken out of a document, the largest first."""
    if not isinstance(node, (dict, list)):
        return
    keys = node.keys() if isinstance(node, dict) else range(len(node))
    for key in keys if len(node) > 1 or not is_last(node) else ():
        yield path + (key,)
    for key in keys:
        yield from paths_of(node[key], path + (key,))


def is_last(node):
    """Whether what is taken out would leave a list, or a setting, that holds nothing."""
    return isinstance(node, list) or any(key.startswith("@@") for key in node)


class Asker:
    """Asks the program about one organization at a time, in one folder."""

    def __init__(self, runner, folder):
        self.runner = runner
        self.folder = pathlib.Path(folder) / "one"

    def differences(self, organization):
        shutil.rmtree(self.folder, ignore_errors=True)
        organization.write(self.folder)
        self.runner.ask([self.folder])
        try:
            return differences(organization, self.runner.answer())
        except program.Failed:
            return []


def minimise(asker, organization, kind):
    """The smallest organization that still shows a difference of a kind."""
    again = True
    while again:
        again = False
        for less in smaller(organization):
            if any(kind_of(one) == kind for one in asker.differences(less)):
                organization, again = less, True
                break
    return organization


def kind_of(difference):
    """What is compared: the document, the names of policies, or one verdict by its name."""
    _, _, wanted = difference
    if isinstance(wanted, list):
        return "contributing"
    verdict = [name for name, value in wanted.items() if isinstance(value, bool)]
    return verdict[0] if verdict else "effective"


def describe(asker, organization, seed, difference):
    kind = kind_of(difference)
    organization = minimise(asker, organization, kind)
    account, said, wanted = [one for one in asker.differences(organization) if kind_of(one) == kind][0]
    lines = [f"seed {seed}: the program and the model differ about {account}"]
    lines += [policy.text for policy in organization.policies if policy.text is not None]
    lines.append(json.dumps({"about": f"seed {seed}", "levels": organization.levels(account),
                             "effective": expected(organization)[account][0]}, indent=2, ensure_ascii=False))
    lines.append(f"the program says {json.dumps(said, ensure_ascii=False)}")
    lines.append(f"the model says   {json.dumps(wanted, ensure_ascii=False)}")
    return "\n".join(lines)


class Tally:
    """How many organizations exercise what."""

    def __init__(self):
        self.organizations = self.accounts = 0
        self.events = collections.Counter()

    def add(self, organization):
        wanted = expected(organization)
        self.organizations += 1
        self.accounts += len(wanted)
        self.events.update(set().union(*(events for _, events in wanted.values())))
        self.events["in the language"] += organization.policies[0].text is not None
        self.events["an effective policy"] += any(document for document, _ in wanted.values())
        self.events["complete"] += any(document and "incomplete" not in events for document, events in wanted.values())

    def print(self):
        for name, count in sorted(self.events.items()):
            print(f"{count:8}  {name}")


def work(options, seeds, share):
    """Goes through a share of the seeds; gives (accounts, description of the first difference or None)."""
    accounts = 0
    where = "/dev/shm" if pathlib.Path("/dev/shm").is_dir() else None
    runner = InOne(options.batch) if options.batch else OneByOne(options.program)
    with tempfile.TemporaryDirectory(dir=where) as folder, runner:
        for first in range(0, len(seeds), CHUNK):
            chunk = seeds[first:first + CHUNK]
            made = [Maker(seed).organization() for seed in chunk]
            folders = [f"{folder}/{number}" for number in range(len(made))]
            for organization, place in zip(made, folders):
                organization.write(place)
            runner.ask(folders)
            for seed, organization in zip(chunk, made):
                found = differences(organization, runner.answer())
                if found:
                    while runner.folders:
                        runner.answer()
                    return accounts, describe(Asker(runner, folder), organization, seed, found[0])
                accounts += len(organization.accounts)
            if options.progress and share == 0:
                print(f"{first + len(chunk)} of {len(seeds)}", file=sys.stderr, flush=True)
    return accounts, None


def guarded(arguments):
    try:
        return work(*arguments)
    except program.Failed as failure:
        return 0, failure


def compare(options):
    seeds = range(options.seed, options.seed + options.count)
    shares = [(options, seeds[share::options.jobs], share) for share in range(options.jobs)]
    start = time.monotonic()
    if options.jobs == 1:
        results = [guarded(shares[0])]
    else:
        with multiprocessing.Pool(options.jobs) as pool:
            results = pool.map(guarded, shares, chunksize=1)
    for _, trouble in results:
        if trouble is not None:
            print(trouble)
            return 2 if isinstance(trouble, program.Failed) else 1
    accounts = sum(accounts for accounts, _ in results)
    print(f"{options.count} organizations, {accounts} accounts from seed {options.seed}, "
          f"{time.monotonic() - start:.0f} s: no difference")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--batch", help="runs many command lines in one process")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--progress", action="store_true")
    parser.add_argument("--statistics", action="store_true", help="only tell what the organizations exercise")
    options = parser.parse_args()
    if options.statistics:
        tally = Tally()
        for seed in range(options.seed, options.seed + options.count):
            tally.add(Maker(seed).organization())
        print(f"{tally.organizations} organizations, {tally.accounts} accounts")
        tally.print()
        return 0
    return compare(options)


if __name__ == "__main__":
    sys.exit(main())

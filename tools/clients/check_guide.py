#!/usr/bin/env python3
"""usage: check_guide.py PAGE...

Every `aws` command in the ```sh blocks of a page is one that the AWS CLI knows: service, operation or waiter, every option, and
every option that the operation demands. Told by botocore's models; nothing is called. Exit status 0 good, 1 bad.
"""
import pathlib
import re
import shlex
import sys

import botocore.exceptions
import botocore.session
from botocore import xform_name

GLOBAL = {"--region": 1, "--query": 1, "--output": 1, "--profile": 1, "--endpoint-url": 1, "--no-cli-pager": 0}
PAGING = {"--max-items", "--page-size", "--starting-token"}
session = botocore.session.get_session()


def kebab(name):
    return xform_name(name, "-")


def commands(text):
    """The aws commands in blocks of shell: (line number, words)."""
    inside = False
    pending, start = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("```"):
            inside = line == "```sh"
            continue
        if not inside:
            continue
        start = start if pending else number
        pending += line.removesuffix("\\")
        if line.endswith("\\"):
            continue
        found = re.search(r"(?:^|[\s;&|(])(aws\s.*)$", pending.split(" #")[0])
        if found and not pending.startswith("#"):
            lexer = shlex.shlex(found.group(1), posix=True, punctuation_chars=True)
            lexer.whitespace_split = True
            words = []
            for word in lexer:
                if re.fullmatch(r"[|&;<>()]+", word):
                    break
                words.append(word)
            yield start, words
        pending = ""


def options_of(words):
    given = {}
    name = None
    for word in words:
        if word.startswith("--"):
            name = word
            given[name] = []
        elif name is None:
            raise ValueError(f"a word without an option: {word}")
        else:
            given[name].append(word)
    return given


def members_of(operation):
    shape = operation.input_shape
    return {} if shape is None else {kebab(member): what for member, what in shape.members.items()}


def fault_of(words):
    if len(words) < 3:
        return "no operation"
    service, name, rest = words[1], words[2], words[3:]
    try:
        model = session.get_service_model(service)
    except botocore.exceptions.UnknownServiceError:
        return f"no service {service}"
    operations = {kebab(each): each for each in model.operation_names}
    if name == "wait":
        waiters = session.get_waiter_model(service)
        known = {kebab(each): waiters.get_waiter(each).operation for each in waiters.waiter_names}
        if not rest or rest[0] not in known:
            return f"no waiter {rest[:1]}"
        target, rest = known[rest[0]], rest[1:]
    elif name in operations:
        target = operations[name]
    else:
        return f"no operation {service} {name}"
    operation = model.operation_model(target)
    members = members_of(operation)
    try:
        given = options_of(rest)
    except ValueError as error:
        return str(error)
    for option, values in given.items():
        plain = option.removeprefix("--")
        flag = plain.removeprefix("no-")
        if option in GLOBAL or option in PAGING:
            continue
        if plain not in members and not (flag in members and members[flag].type_name == "boolean"):
            return f"{service} {name} has no option {option}"
        if flag in members and members[flag].type_name != "boolean" and not values:
            return f"{option} has no value"
        allowed = getattr(members.get(plain), "enum", None)
        if allowed and any(value not in allowed for value in values):
            return f"{option} cannot be {values}"
    required = [] if operation.input_shape is None else operation.input_shape.required_members
    for member in required:
        if "--" + kebab(member) not in given and member not in ("ClientRequestToken",):
            return f"{service} {name} demands --{kebab(member)}"
    return None


def self_test():
    """Commands that are wrong are found to be."""
    for text in ("aws backup list-vaults", "aws backups list-backup-vaults", "aws backup describe-backup-vault",
                 "aws backup list-backup-jobs --by-status FAILED", "aws backup list-backup-jobs --by-state BROKEN",
                 "aws cloudformation wait stack-made --stack-name x"):
        assert fault_of(text.split()) is not None, text


def main():
    self_test()
    count = 0
    bad = []
    for page in sys.argv[1:]:
        for line, words in commands(pathlib.Path(page).read_text(encoding="utf-8")):
            count += 1
            fault = fault_of(words)
            if fault is not None:
                bad.append(f"{page}:{line}: {fault}: {' '.join(words)}")
    if count == 0:
        bad.append("no command found")
    print("\n".join(bad) or f"{count} commands that the AWS CLI knows")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

"""Organizations and policies at random, directed by the types of the settings. So that merges really happen, an
organization has a small vocabulary of names and a few settings in its focus, which its policies write again and
again."""
import random

import language
from model import APPEND, ASSIGN, CONTROL, REMOVE
from organization import MANAGEMENT, STATES, Organization, Policy

VAULT = "arn:aws:backup:%s:$account:backup-vault:%s"
ROLE = "arn:aws:iam::$account:role/%s"
REGIONS = ["eu-west-1", "eu-north-1", "us-east-1", "ap-south-1", "eu-central-1"]
TEXTS = ["gold", "Gold", "silver", "12", 12, True, "true", "Größe", "日本", "a b", None, "long " * 12]
SWITCHES = ["true", "false", True, False]
ENABLED = ["enabled", "disabled"]
LONG = "a-name-that-is-as-long-as-any-name-may-be.of_50-ch"

# Settings by the block that they stand in: path, values, whether a list.
RULE = [("schedule_expression", ["cron(0 5 ? * * *)", "cron(0 1 1 * ? *)", "cron(0/30 * ? * * *)"], False),
        ("start_backup_window_minutes", ["60", 480, "120"], False),
        ("complete_backup_window_minutes", ["600", 10080], False),
        ("enable_continuous_backup", SWITCHES, False),
        ("target_backup_vault_name", ["main", "other", "far"], False),
        ("target_logically_air_gapped_backup_vault_arn", ["arn:aws:backup:$region:$account:backup-vault:gap"], False),
        ("lifecycle/delete_after_days", ["35", 35, "365", 7], False),
        ("lifecycle/move_to_cold_storage_after_days", ["1", 30, "90"], False),
        ("lifecycle/opt_in_to_archive_for_supported_resources", SWITCHES, False),
        ("recovery_point_tags/env/tag_key", ["env"], False),
        ("recovery_point_tags/env/tag_value", ["prod", "Größe", 12], False),
        ("index_actions/resource_types", ["EBS", "S3"], True),
        ("scan_actions/GUARDDUTY/scan_mode", ["FULL_SCAN", "INCREMENTAL_SCAN"], False)]
COPY = [("lifecycle/delete_after_days", ["60", 120, "400"], False),
        ("lifecycle/move_to_cold_storage_after_days", ["10", 30], False),
        ("lifecycle/opt_in_to_archive_for_supported_resources", SWITCHES, False)]
PLAN = [("regions", REGIONS, True),
        ("backup_plan_tags/owner/tag_key", ["owner"], False),
        ("backup_plan_tags/owner/tag_value", ["team", 7, "日本"], False),
        ("advanced_backup_settings/ec2/windows_vss", ENABLED, False),
        ("advanced_backup_settings/s3/backup_acls", ENABLED, False),
        ("advanced_backup_settings/s3/backup_object_tags", ENABLED, False),
        ("scan_settings/GUARDDUTY/resource_types", ["EBS", "EC2", "S3"], True),
        ("scan_settings/GUARDDUTY/scanner_role_arn", [ROLE % "backup", ROLE % "other"], False)]
TAGS = [("iam_role_arn", [ROLE % "backup", ROLE % "other"], False),
        ("tag_key", ["tier", "Tier", "Stufe"], False),
        ("tag_value", TEXTS, True)]
TYPES = ["arn:aws:ec2:*:*:volume/*", "arn:aws:rds:*:*:db:*", "arn:aws:ec2:*:*:instance/*", "*"]
RESOURCES = [("iam_role_arn", [ROLE % "backup", ROLE % "other"], False),
             ("resource_types", TYPES, True),
             ("not_resource_types", TYPES[:3], True),
             ("conditions/string_equals/stage/condition_key", ["aws:ResourceTag/stage"], False),
             ("conditions/string_equals/stage/condition_value", ["prod", "test"], False),
             ("conditions/string_like/owner/condition_key", ["aws:ResourceTag/owner"], False),
             ("conditions/string_like/owner/condition_value", ["a*", "b*"], False)]
CONTROLS = [["@@none"], ["@@all"], ["@@assign"], ["@@append"], ["@@remove"], ["@@assign", "@@append"],
            ["@@append", "@@remove"], ["@@assign", "@@append", "@@remove"]]


def settings():
    """Every setting under every name that policies use, as (path, values, list)."""
    rows = []
    for plan in ("orders", "ledger", LONG):
        rows += [(("plans", plan) + tuple(path.split("/")), values, many) for path, values, many in PLAN]
        for rule in ("short", "long"):
            head = ("plans", plan, "rules", rule)
            rows += [(head + tuple(path.split("/")), values, many) for path, values, many in RULE]
            for vault, region in (("far", "eu-north-1"), ("main", "us-east-1")):
                arn = VAULT % (region, vault)
                inner = head + ("copy_actions", arn)
                rows.append((inner + ("target_backup_vault_arn",), [arn], False))
                rows += [(inner + tuple(path.split("/")), values, many) for path, values, many in COPY]
        for name in ("marked", "late"):
            head = ("plans", plan, "selections")
            rows += [(head + ("tags", name) + tuple(path.split("/")), values, many) for path, values, many in TAGS]
        rows += [(head + ("resources", "disks") + tuple(path.split("/")), values, many)
                 for path, values, many in RESOURCES]
    return rows


SETTINGS = settings()
BY_PLAN = {plan: [row for row in SETTINGS if row[0][1] == plan] for plan in {row[0][1] for row in SETTINGS}}


class Maker:
    """Makes the organization of a seed; the same seed gives the same one."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.chance = lambda share, draw=self.random.random: draw() < share
        self.focus = []
        self.echo = False  # one policy, attached on every level

    def pick(self, choices):
        return choices[int(self.random.random() * len(choices))]

    def some(self, choices, least, most):
        chosen = {self.pick(range(len(choices))) for _ in range(self.random.randint(least, most))}
        made = [choices[number] for number in chosen]
        if self.chance(0.5):
            made.reverse()
        return made

    def control(self):
        return list(self.pick(CONTROLS))

    def leaf(self, values, many, may_be_empty):
        node = {}
        if not many:
            if self.chance(0.95):
                node[ASSIGN] = self.pick(values)
        else:
            kind = 0.9 if self.echo and self.chance(0.5) else self.random.random()
            if kind < 0.45 or kind > 0.85:
                node[ASSIGN] = self.some(values, 0 if may_be_empty and self.chance(0.1) else 1, 3)
            if kind > 0.4:
                if kind < 0.7 or self.chance(0.5):
                    node[APPEND] = self.some(values, 1, 3)
                if kind > 0.65 or self.chance(0.4):
                    node[REMOVE] = self.some(values, 1, 2)
        if not node or self.chance(0.6 if self.echo else 0.2):
            node[CONTROL] = self.control()
        return node

    def put(self, document, path, node):
        for key in path[:-1]:
            document = document.setdefault(key, {})
        document[path[-1]] = node

    def container_control(self, document, path):
        """A control, or nothing at all, on a container that the document has anyway."""
        length = 1 + int(self.random.random() * (len(path) - 1))
        for key in path[:length]:
            document = document[key]
        document[CONTROL] = self.control()

    def close(self, document):
        """Controls on containers to which a lower level is likely to add something."""
        plan = document["plans"].get(self.focus[0][0][1], {})
        for container in (document["plans"], plan.get("rules"), plan.get("selections", {}).get("tags"),
                          plan.get("selections", {}).get("resources")):
            if container and self.chance(0.4):
                container[CONTROL] = self.control()

    def whole_plan(self, document, plan):
        """A plan that AWS accepts and runs, or one that lacks a single thing for that."""
        head = ("plans", plan)
        rule = head + ("rules", "short")
        select = head + ("selections", "tags", "marked")
        parts = [(head + ("regions",), {ASSIGN: self.some(REGIONS, 1, 3)}),
                 (rule + ("target_backup_vault_name",), {ASSIGN: self.pick(("main", "other"))}),
                 (rule + ("lifecycle", "delete_after_days"), {ASSIGN: self.pick(("35", 400))}),
                 (select + ("iam_role_arn",), {ASSIGN: ROLE % "backup"}),
                 (select + ("tag_key",), {ASSIGN: "tier"}),
                 (select + ("tag_value",), {ASSIGN: self.some(["gold", "silver"], 1, 2)})]
        if self.chance(0.15):
            del parts[self.pick((0, 1, 3))]
        elif self.chance(0.1):
            parts[0][1][REMOVE] = parts[0][1].pop(ASSIGN)
        elif self.chance(0.1):
            number = self.pick((0, 1))
            parts[number] = (parts[number][0], {CONTROL: self.control()})
        for path, node in parts:
            self.put(document, path, node)

    def document(self, whole):
        document = {"plans": {}}
        if whole:
            self.whole_plan(document, self.focus[0][0][1])
        for path, values, many in self.focus:
            if self.chance(0.55):
                self.put(document, path, self.leaf(values, many, path[-1] == "regions"))
                if self.chance(0.1):
                    self.container_control(document, path)
        if self.chance(0.1):
            self.close(document)
        if self.chance(0.8):
            self.complete(document)
        if self.chance(0.05):
            plan = document["plans"].setdefault(self.pick(self.focus)[0][1], {})
            plan.setdefault("rules", {}).setdefault("short", {})
        return document

    def complete(self, document):
        """Adds what AWS demands of a document by itself."""
        for plan in document["plans"].values():
            if not isinstance(plan, dict):
                continue
            for rule in plan.get("rules", {}).values():
                for arn, copy in rule.get("copy_actions", {}).items() if isinstance(rule, dict) else ():
                    if isinstance(copy, dict) and ASSIGN not in copy.get("target_backup_vault_arn", {}):
                        copy["target_backup_vault_arn"] = {ASSIGN: arn}
            selections = plan.get("selections", {})
            for name, values in (("tag_key", ["tier"]), ("tag_value", TEXTS)):
                self.demand(selections.get("tags", {}), name, values, name == "tag_value")
            self.demand(selections.get("resources", {}), "resource_types", TYPES, True)

    def demand(self, blocks, name, values, many):
        for key, block in blocks.items():
            if key != CONTROL and name not in block:
                block[name] = {self.pick((ASSIGN, APPEND)) if many else ASSIGN:
                               self.some(values, 1, 2) if many else values[0]}

    def spelled(self, node):
        """Fixed keys, operators and names may be written in any case."""
        if not isinstance(node, dict):
            return node
        made = {}
        for key, value in node.items():
            if self.chance(0.3) and not key.startswith("arn:"):
                key = self.pick((key.upper(), key.title(), key.swapcase()))
            if isinstance(value, list) and key.lower() == CONTROL and self.chance(0.3):
                value = [word.upper() for word in value]
            made[key] = self.spelled(value)
        return made

    def tree(self, made):
        for number in range(int(self.random.random() ** 2 * 7)):
            parents = [()] + [ou for ou in made.ous if len(ou) < 5]
            parent = parents[-1] if self.chance(0.6) else self.pick(parents)
            made.ous.append(parent + (self.pick(("Prod", "Test", "Ärger")) + str(number),))
        places = [()] + made.ous
        made.accounts[MANAGEMENT] = ()
        for number in range(1 + int(self.random.random() * 3)):
            account = f"2222000{number:05d}"
            made.accounts[account] = places[-1] if self.chance(0.6) else self.pick(places)
            if self.chance(0.12):
                made.states[account] = self.pick(STATES)

    def targets(self, made):
        """Mostly places on one path, so that levels stand upon each other."""
        account = list(made.accounts)[-1]
        targets = [self.pick(made.places(account))]
        if self.chance(0.25):
            other = self.pick(made.places(account) if self.chance(0.6) else [()] + made.ous + list(made.accounts))
            if other not in targets:
                targets.append(other)
        return targets

    def above(self, made, targets):
        """The document of a policy that stands above all targets, or on them; None if there is none."""
        lines = [[target[:length] for length in range(len(target) + 1)] if isinstance(target, tuple)
                 else made.places(target) for target in targets]
        for policy in made.policies:
            if all(not set(policy.targets).isdisjoint(line) for line in lines):
                return policy.document
        return None

    def choose_focus(self):
        """Settings that the policies of this organization write: at least one list, nearly all of one plan; in some
        organizations only of the parts that a whole plan has."""
        plan = self.pick(SETTINGS)[0][1]
        own = BY_PLAN[plan]
        if self.chance(0.4):
            own = [row for row in own if {"long", "late", "disks"}.isdisjoint(row[0])]
        elif self.chance(0.2):
            own = SETTINGS
        self.focus = [self.pick([row for row in own if row[2] and row[0][1] == plan])]
        taken = {self.focus[0][0]}
        for _ in range(self.random.randint(2, 8)):
            row = self.pick(own)
            if row[0] not in taken:
                taken.add(row[0])
                self.focus.append(row)

    def organization(self):
        made = Organization()
        self.tree(made)
        self.choose_focus()
        in_language = self.chance(0.3)
        self.echo = self.chance(0.05)
        for number in range(1 if self.echo else 1 + int(self.random.random() * 5)):
            document = self.document(whole=number == 0 and self.chance(0.65))
            targets = made.places(list(made.accounts)[-1]) if self.echo else self.targets(made)
            if in_language:
                text, document = language.written(self, f"p{number}", document, targets, self.above(made, targets))
                made.policies.append(Policy(document, targets, text))
            else:
                made.policies.append(Policy(self.spelled(document) if self.chance(0.2) else document, targets))
        if in_language:
            made.prelude = language.PRELUDE
        return made

"""Projects at random that a careful team could have: every name exists where it is needed, every Region is enabled,
every retention fits. So whatever a rule says about one of them, from a warning up, it says wrongly.

A project is a mapping of file names to texts. What varies: partition, Regions, depth of the tree, where vaults and
roles come from, how much the inventory knows, and the features of the language that a policy uses."""
import json
import random

ALWAYS = ["eu-west-1", "eu-west-2", "eu-central-1", "eu-north-1", "us-east-1", "us-east-2", "us-west-2", "ap-south-1",
          "ap-northeast-1", "ap-southeast-2", "ca-central-1", "sa-east-1"]
OPT_IN = ["af-south-1", "ap-east-1", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "eu-central-2", "eu-south-1",
          "eu-south-2", "il-central-1"]
PARTITIONS = {"aws": ALWAYS, "aws-cn": ["cn-north-1", "cn-northwest-1"], "aws-us-gov": ["us-gov-east-1", "us-gov-west-1"]}
COPIED = ["ec2", "ebs", "efs", "s3"]  # types that can be copied to any account and Region, and to air-gapped vaults
PATTERNS = {"ec2": "arn:%s:ec2:*:*:instance/*", "ebs": "arn:%s:ec2:*:*:volume/*", "s3": "arn:%s:s3:::*",
            "efs": "arn:%s:elasticfilesystem:*:*:file-system/*"}
TEAMS = ["payments", "orders", "search", "ledger", "mail", "video", "claims", "fleet"]
# Rules of one plan: the windows never meet, and each retention outlives two gaps.
SCHEDULES = [("nightly", "daily(01:00)", 3), ("weekly", "weekly([sun], 06:00)", 21), ("monthly", "monthly(1, 11:00)", 95),
             ("late", 'cron("0 16 ? * MON-FRI *")', 8), ("last", "monthly(last, 21:00)", 95)]
FEATURES = ["cold", "copy", "abroad", "gap", "continuous", "archive", "where", "json", "extend", "include", "raw", "control",
            "tags", "windows", "scan", "index", "vss", "lock", "several", "exempt", "naming", "ignored", "literal", "root",
            "suspended", "protects", "path", "optin", "template", "types", "growing", "deployed"]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.features = {name for name in FEATURES if self.chance(0.35)}
        self.partition = self.pick(["aws"] * 6 + ["aws-cn", "aws-us-gov"])
        self.home = {"aws": "us-east-1"}.get(self.partition, PARTITIONS[self.partition][0])
        regions = list(PARTITIONS[self.partition])
        self.random.shuffle(regions)
        self.copies_go_to = regions.pop()
        self.optin = []
        if self.partition == "aws":
            regions = regions[:self.random.randint(1, 4)]
            if self.has("optin"):
                self.optin = self.random.sample(OPT_IN, self.random.randint(1, 2))
        else:
            self.features -= {"gap", "scan"}
        self.regions = regions + self.optin
        self.more = self.pick([region for region in ALWAYS if region not in self.regions + [self.copies_go_to]])
        self.known = self.chance(0.5)  # vaults and roles stand in the inventory, else the project makes them
        self.prefix = self.pick(["", "corp-", "x1-"])
        self.vault, self.gap, self.central = (self.prefix + name for name in ("main", "sealed", "central"))
        self.role = self.pick(["backup", "BackupRole", "org.backup_role"])
        self.role_path = "ops/backup/" if self.has("path") else ""
        if self.has("lock"):
            self.features -= {"continuous"}
        if not self.known:
            self.features -= {"root", "gap"}
        self.needed = self.regions + ([self.more] if self.partition == "aws" else [])
        self.copied = COPIED[:3] if self.partition == "aws-cn" and self.has("abroad") else COPIED
        self.numbers = iter(range(100000000001, 999999999999, 7919))
        self.ou_numbers = iter(range(1, 10**8))
        self.management, self.central_account = self.account_id(), self.account_id()

    def has(self, feature):
        return feature in self.features

    def chance(self, share):
        return self.random.random() < share

    def pick(self, choices):
        return self.random.choice(choices)

    def account_id(self):
        return f"{next(self.numbers):012d}"

    # The organization

    def inventory(self):
        self.text = []
        settings = ["backup_policy_type: enabled",
                    "trusted_access: [backup.amazonaws.com, member.org.stacksets.cloudformation.amazonaws.com]",
                    "cross_account_backup: enabled"]
        all_regions = sorted(set(self.regions + [self.copies_go_to, self.home] + ([self.more] if self.partition == "aws" else [])))
        head = ["backpol_inventory: 1", f'captured_at: "2026-10-{self.random.randint(10, 31)}"',
                f'organization: {{id: o-quietorg01, partition: {self.partition}, management_account: "{self.management}", features: all}}',
                "settings: {" + ", ".join(settings) + "}",
                "coverage: {tree: complete, regions: looked}", "sets:",
                f"  regions: {{looked: [{', '.join(all_regions)}]}}"]
        if self.known:
            air = f", {{name: {self.gap}, in: looked, kind: air-gapped, lock: {{mode: compliance, min: 7, max: 3650}}}}"
            rows = f"{{name: {self.vault}, in: looked, key: customer, lock: none, copy_from: organization}}"
            rows += air if self.has("gap") else ""
            central = f"{{name: {self.central}, in: looked, key: customer, lock: none, copy_from: organization}}"
            head += ["  vaults:", f"    member: [{rows}]", f"    central: [{rows}, {central}]", "  roles:",
                     f"    member: [{self.role_row()}{', {name: scanner, trust: other}' if self.has('scan') else ''}]"]
        self.text = head
        self.tops = ["Workloads"] + (["Data"] if self.chance(0.4) else [])
        self.lower = []
        self.text += ["root:", "  id: r-q1et", f"  accounts: [{self.account(self.management, 'Management')}]", "  ous:"]
        for name in self.tops:
            self.ou(name, name, 1)
        self.text += ["    - id: ou-q1et-infra001", "      name: Infrastructure",
                      f"      accounts: [{self.account(self.central_account, 'Central', 'central')}]"]
        return "\n".join(self.text) + "\n"

    def role_row(self):
        path = f", path: /{self.role_path}" if self.role_path else ""
        return f"{{name: {self.role}{path}, trust: backup}}"

    def account(self, number, name, vaults="member"):
        parts = [f'id: "{number}"', f"name: {name}", f"regions: [{', '.join(self.optin)}]" if self.optin else "regions: none"]
        if self.known:
            parts += [f"vaults: {vaults}", "roles: member"]
        elif self.has("scan"):
            parts += ["roles: {seen: partial, have: [{name: scanner, trust: other}]}"]
        return "{" + ", ".join(parts) + "}"

    def ou(self, name, path, level):
        blank = "    " * level
        self.text += [f"{blank}- id: ou-q1et-{next(self.ou_numbers):08d}", f"{blank}  name: {name}"]
        accounts = [self.account(self.account_id(), f"{name}{number}") for number in range(self.random.randint(1, 3))]
        if self.has("suspended") and self.chance(0.3):
            accounts.append(f'{{id: "{self.account_id()}", name: {name}Old, state: suspended}}')
        self.text += [f"{blank}  accounts: [{', '.join(accounts)}]"]
        children = self.random.sample(["Prod", "Test", "Team A", "Shared"], self.random.choice([0, 1, 1, 2])) if level < 5 else []
        if children:
            self.text.append(f"{blank}  ous:")
            for child in children:
                self.lower.append(f"{path}/{child}")
                self.ou(child, f"{path}/{child}", level + 1)

    # Policies

    def retention(self, least):
        """Days that suit the schedule, cold storage and locks, as (cold, delete)."""
        cold = 0
        delete = max(least, 10) * self.random.randint(1, 3)
        if self.has("cold"):
            cold = self.random.choice([1, 30, 90])
            delete = max(delete, cold + 90 + self.random.choice([0, 1, 300]))
        return cold, delete

    def lifecycle(self, days, blank):
        cold, delete = days
        text = f"{blank}cold_after = {cold}d\n" if cold else ""
        control = "   children may assign" if self.has("control") and self.has("extend") and blank == " " * 6 else ""
        return text + f"{blank}delete_after = {delete}d{control}\n"

    def copies(self, days):
        text = ""
        if self.has("copy"):
            place = f'vault("{self.vault}") in {self.copies_go_to}'
            if self.has("ignored"):
                text += f"\n      // backpol: ignore LIF008 -- the copy is meant to follow the source\n      copy to {place} {{}}\n"
            else:
                text += f"\n      copy to {place} {{\n{self.lifecycle(days, ' ' * 8)}      }}\n"
        if self.has("abroad"):
            place = f'vault("{self.central}") in {self.copies_go_to} of account("{self.central_account}")'
            if self.has("literal"):
                place = (f'arn("arn:{self.partition}:backup:{self.copies_go_to}:{self.central_account}:backup-vault:'
                         f'{self.central}")')
            text += f"\n      copy to {place} {{\n{self.lifecycle(days, ' ' * 8)}      }}\n"
        return text

    def rule(self, name, schedule, least):
        cold, delete = self.retention(least)
        text = f'\n    rule "{name}" {{\n      schedule = {schedule}\n'
        text += f"      start_within = {self.pick(['1h', '90m', '2h'])}\n"
        if self.has("windows"):
            text += "      finish_within = 1d\n"
        if self.has("template"):
            text = text.replace(" {\n", f" uses timed(at: {schedule}) {{\n", 1).replace(f"      schedule = {schedule}\n", "", 1)
        text += f'      vault = vault("{self.vault}")\n'
        if self.has("gap"):
            text += f'      air_gapped_vault = vault("{self.gap}")\n'
        text += self.lifecycle((cold, delete), " " * 6)
        if self.has("tags"):
            text += '      recovery_point_tags = {source: "plan", "cost center": "42"}\n'
        if self.has("scan"):
            text += "      scan = " + self.pick(["full", "incremental"]) + "\n"
        if self.has("index"):
            text += "      index = [ebs, s3]\n"
        return text + self.copies((cold, delete)) + "    }\n"

    def types(self):
        least = ["efs"] if self.has("cold") else []
        if self.has("types") and self.partition == "aws" and not self.features & {"copy", "abroad", "gap", "cold"}:
            return sorted(self.random.sample(["rds", "dynamodb", "fsx", "efs", "storage_gateway", "eks"], 3))
        return sorted(set(least + self.random.sample(self.copied, self.random.randint(1, 3))))

    def selection(self, name, value):
        role = f'role("{self.role_path}{self.role}")' if self.known else f'role("{self.role}")'
        if self.has("literal"):
            role = f'arn("arn:{self.partition}:iam::$account:role/{self.role_path}{self.role}")'
        head = f'\n    select "{name}" {{\n      role = {role}\n'
        if self.has("where"):
            head += f"      resource_types = [{', '.join(self.types())}]\n"
            head += f'      where = [string_equals("aws:ResourceTag/backup", "{value}"), string_not_like("aws:ResourceTag/owner", "tmp*")]\n'
        else:
            head += f'      tag_key = "backup"\n      tag_values = ["{value}", "{value}-long"]\n'
            if self.has("protects") or self.has("cold") or self.has("copy") or self.has("abroad"):
                head += f"      protects = [{', '.join(self.types())}]\n"
        return head + "    }\n"

    def plan(self, name, rules):
        text = f'  plan "{name}" {{\n    regions = [{", ".join(self.regions)}]\n'
        if self.has("tags"):
            text += '    plan_tags = {owner: "platform", stage: "Größe"}\n'
        if self.has("scan"):
            text += '    scan_types = [ebs, s3]\n    scan_role = role("scanner")\n'
        if self.has("raw"):
            text += '    raw "advanced_backup_settings" = {"ec2": {"windows_vss": {"@@assign": "enabled"}}}\n'
        elif self.has("vss"):
            text += "    windows_vss = on\n    s3_acls = off\n    s3_object_tags = on\n"
        return text + "".join(self.rule(*rule) for rule in rules) + self.selection("resources", name) + "  }\n"

    def continuous(self):
        """A plan of its own: types that can be restored to a point in time, kept for at most 35 days."""
        return (f'\n  plan "restore" {{\n    regions = [{", ".join(self.regions)}]\n\n    rule "points" {{\n      schedule = every(12h, from: 04:30)\n'
                f'      start_within = 1h\n      vault = vault("{self.vault}")\n      continuous = on\n      delete_after = {self.pick([7, 14, 35])}d\n    }}\n'
                f'\n    select "databases" {{\n      role = role("{self.role_path if self.known else ""}{self.role}")\n'
                f'      resource_types = [rds, s3]\n      where = [string_equals("aws:ResourceTag/restore", "points")]\n    }}\n  }}\n')

    def archive(self):
        """Snapshots of volumes go to the archive: monthly at most, and long enough there."""
        return (f'\n  plan "archive" {{\n    regions = [{", ".join(self.regions)}]\n\n    rule "snapshots" {{\n      schedule = monthly({self.random.randint(1, 28)}, 03:00)\n'
                f'      vault = vault("{self.vault}")\n      cold_after = 1d\n      delete_after = {self.pick([91, 365, 3650])}d\n      archive = on\n    }}\n'
                f'\n    select "volumes" {{\n      role = role("{self.role_path if self.known else ""}{self.role}")\n'
                f'      resource_types = [ebs]\n      where = [string_equals("aws:ResourceTag/archive", "yes")]\n    }}\n  }}\n')

    def declarations(self):
        if self.known:
            return ""
        lock = "  lock = governance(min: 1d, max: 36500d)\n" if self.has("lock") else ""
        deployed = f"  deploy_to = [root]\n  regions = [{', '.join(sorted(set(self.needed + [self.copies_go_to])))}]\n" if self.has("deployed") else ""
        kept = "  encryption = aws_managed\n" if self.has("types") and not self.has("abroad") and not self.has("copy") else ""
        text = f'vault "{self.vault}" {{\n{lock}{deployed}{kept}  tags = {{purpose: "backups"}}\n}}\n'
        if self.has("abroad"):
            text += f'vault "{self.central}" {{\n  allow_copies_from = [organization]\n}}\n'
        more = "  source_account_condition = on\n  tags = {owner: \"platform\"}\n" if self.has("deployed") else ""
        path = f'  path = "{self.role_path}"\n' if self.role_path else ""
        return text + f'role "{self.role}" {{\n{path}  permits = [backup, restore, s3_backup, s3_restore]\n{more}}}\n\n'

    def base(self):
        rules = self.random.sample(SCHEDULES, self.random.randint(1, 3))
        if self.has("root"):
            targets = "root"
        else:
            targets = ", ".join(f'ou("{name}")' for name in self.tops + ([] if self.has("exempt") else ["Infrastructure"]))
        text = "edition 1\n\n"
        if self.has("template"):
            template = "template rule timed(at: schedule) {\n  schedule = at\n}\n\n"
            if self.has("include"):
                self.files["common/rules.bpol"] = "edition 1\n\n" + template.rstrip() + "\n"
                text += 'include "../common/rules.bpol"\n\n'
            else:
                text += template
        text += self.declarations()
        # Cut so that each document stays well within its size: several policies instead of one.
        text += f'policy "base" {{\n  description = "What every account has"\n  tags = {{owner: "platform"}}\n  attach = [{targets}]\n\n{self.plan("common", rules)}}}\n'
        more = (self.continuous() if self.has("continuous") else "") + (self.archive() if self.has("archive") else "")
        if more:
            text += f'\npolicy "more" {{\n  attach = [{targets}]\n{more}}}\n'
        self.first_rule = rules[0][0]
        return text

    def extension(self):
        team = self.pick(self.lower)
        text = f'edition 1\n\npolicy "deeper" {{\n  attach = [ou("{team}")]\n\n  extend plan "common" {{\n'
        if self.has("growing") and self.partition == "aws":
            text += f"    regions += [{self.more}]\n\n"
        text += f'    extend rule "{self.first_rule}" {{\n      delete_after = 3600d\n    }}\n'
        if not self.has("where"):
            text += '    extend select "resources" {\n      tag_values += ["pci"]\n    }\n'
        return text + "  }\n}\n"

    def document(self):
        """A policy as AWS knows it, for one OU."""
        arn = f"arn:{self.partition}:iam::$account:role/{self.role_path}{self.role}"
        rule = {"schedule_expression": {"@@assign": "cron(30 20 ? * SAT *)"}, "start_backup_window_minutes": {"@@assign": "60"},
                "target_backup_vault_name": {"@@assign": self.vault}, "lifecycle": {"delete_after_days": {"@@assign": self.pick(["60", 400])}}}
        if self.has("copy"):
            copy = f"arn:{self.partition}:backup:{self.copies_go_to}:$account:backup-vault:{self.vault}"
            rule["copy_actions"] = {copy: {"target_backup_vault_arn": {"@@assign": copy}, "lifecycle": {"delete_after_days": {"@@assign": "90"}}}}
        if self.chance(0.5):
            chosen = {"tags": {"marked": {"iam_role_arn": {"@@assign": arn}, "tag_key": {"@@assign": "team"},
                                          "tag_value": {"@@assign": self.random.sample(TEAMS, 2)}}}}
        else:
            chosen = {"resources": {"kept": {"iam_role_arn": {"@@assign": arn}, "resource_types": {"@@assign": [PATTERNS["efs"] % self.partition]},
                                             "conditions": {"string_equals": {"team": {"condition_key": {"@@assign": "aws:ResourceTag/team"},
                                                                                       "condition_value": {"@@assign": "search"}}}}}}}
        return {"plans": {"saturday": {"regions": {"@@assign": self.regions}, "rules": {"kept": rule}, "selections": chosen}}}

    def manifest(self):
        text = f"version: 1\nsources: [policies/**/*.bpol]\ninventory: org.yaml\nhome_region: {self.home}\n"
        if self.has("json"):
            text += f'documents:\n  - {{ file: policies/saturday.json, name: saturday, attach: ["ou:{self.pick(self.tops)}"] }}\n'
        if self.has("exempt") and not self.has("root"):
            text += f'coverage: {{ exempt: [{{ account: "{self.central_account}", reason: "holds copies, nothing of its own" }}] }}\n'
        if self.has("naming"):
            text += 'naming:\n  vault: "^[a-z0-9-]+$"\n'
        return text

    def project(self):
        self.files = {"org.yaml": self.inventory()}
        self.files["policies/base.bpol"] = self.base()
        if self.has("extend") and self.lower:
            self.files["policies/deeper.bpol"] = self.extension()
        if self.has("json"):
            self.files["policies/saturday.json"] = json.dumps(self.document(), indent=2)
        self.files["backpol.yaml"] = self.manifest()
        return self.files

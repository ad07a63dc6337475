"""Documents as text of the language. Every setting that a document may hold has its word; what has none, or not in
this form, is written as `raw` on the block that it stands in."""
import json

from model import APPEND, ASSIGN, CONTROL, REMOVE, text_of

PRELUDE = """role "backup" {}
role "other" {}
vault "main" {}
vault "other" {}
vault "far" {}
air_gapped vault "gap" {
  min_retention = 7d
  max_retention = 90d
}

"""
TYPES = {"arn:aws:ec2:*:*:volume/*": "ebs", "arn:aws:rds:*:*:db:*": "rds", "arn:aws:ec2:*:*:instance/*": "ec2",
         "*": "all"}
CONTROL_WORDS = {"@@none": "nothing", "@@all": "all", ASSIGN: "assign", APPEND: "append", REMOVE: "remove"}


def quoted(value):
    return json.dumps(text_of(value), ensure_ascii=False)


def switch(value):
    return "on" if text_of(value) in ("true", "enabled") else "off"


def last_part(value, divider):
    return quoted(value.rsplit(divider, 1)[-1])


LIFECYCLE = {
    "lifecycle/delete_after_days": ("delete_after", lambda value: f"{value}d"),
    "lifecycle/move_to_cold_storage_after_days": ("cold_after", lambda value: f"{value}d"),
    "lifecycle/opt_in_to_archive_for_supported_resources": ("archive", switch)}
ROLE = {"iam_role_arn": ("role", lambda value: f"role({last_part(value, '/')})")}
# By block: path below it, the setting, and how one value of it is written.
SETTINGS = {
    "plan": {
        "regions": ("regions", str),
        "advanced_backup_settings/ec2/windows_vss": ("windows_vss", switch),
        "advanced_backup_settings/s3/backup_acls": ("s3_acls", switch),
        "advanced_backup_settings/s3/backup_object_tags": ("s3_object_tags", switch),
        "scan_settings/GUARDDUTY/resource_types": ("scan_types", str.lower),
        "scan_settings/GUARDDUTY/scanner_role_arn": ("scan_role", lambda value: f"role({last_part(value, '/')})")},
    "rule": {
        "schedule_expression": ("schedule", lambda value: f'cron("{value[5:-1]}")'),
        "start_backup_window_minutes": ("start_within", lambda value: f"{value}m"),
        "complete_backup_window_minutes": ("finish_within", lambda value: f"{value}m"),
        "enable_continuous_backup": ("continuous", switch),
        "target_backup_vault_name": ("vault", lambda value: f"vault({quoted(value)})"),
        "target_logically_air_gapped_backup_vault_arn":
            ("air_gapped_vault", lambda value: f"vault({last_part(value, ':')})"),
        "index_actions/resource_types": ("index", str.lower),
        "scan_actions/GUARDDUTY/scan_mode": ("scan", lambda value: value.split("_")[0].lower()),
        **LIFECYCLE},
    "copy": LIFECYCLE,
    "tags": {**ROLE, "tag_key": ("tag_key", quoted), "tag_value": ("tag_values", quoted)},
    "resources": {**ROLE, "resource_types": ("resource_types", TYPES.get),
                  "not_resource_types": ("not_resource_types", TYPES.get)}}
# Where the blocks within a block stand: path below it, their kind.
INNER = {"policy": [(("plans",), "plan")],
         "plan": [(("rules",), "rule"), (("selections", "tags"), "tags"), (("selections", "resources"), "resources")],
         "rule": [(("copy_actions",), "copy")], "copy": [], "tags": [], "resources": []}


def allowed(words):
    return "children may " + ", ".join(CONTROL_WORDS[word] for word in words)


def header(kind, name):
    if kind == "copy":
        part = name.split(":")
        return f'copy to vault("{part[-1]}") in {part[3]}'
    word = {"tags": "select tags", "resources": "select resources"}.get(kind, kind)
    return f'{word} "{name}"'


def is_leaf(node):
    return any(key in node for key in (ASSIGN, APPEND, REMOVE)) or list(node) == [CONTROL]


def statements(setting, write, node):
    """A leaf in lines: one for each operator, the control on the last."""
    lines = []
    for operator, sign in ((ASSIGN, "="), (APPEND, "+="), (REMOVE, "-=")):
        if operator in node:
            value = node[operator]
            text = "[" + ", ".join(write(one) for one in value) + "]" if isinstance(value, list) else write(value)
            lines.append(f"{setting} {sign} {text}")
    if CONTROL in node and lines:
        lines[-1] += "   " + allowed(node[CONTROL])
    elif CONTROL in node:
        lines.append(f"{setting} {allowed(node[CONTROL])}")
    return lines


def at(node, path):
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    return node


def without(node, path):
    """Takes a node out, and the containers that then hold nothing."""
    inner = node.get(path[0])
    if len(path) > 1 and isinstance(inner, dict):
        without(inner, path[1:])
    if len(path) == 1 or inner == {}:
        node.pop(path[0], None)


class Block:
    """The body of one block, from the object of the document that it stands for."""

    def __init__(self, kind, name, node):
        self.kind = kind
        self.name = name
        self.rest = json.loads(json.dumps(node))  # what has not been written yet
        self.head = []                            # controls of the block
        self.lines = []
        self.inner = []
        self.extends = False

    def own_control(self):
        place = self.rest.get("plans", {}) if self.kind == "policy" else self.rest
        if CONTROL in place:
            self.head.append(allowed(place.pop(CONTROL)) + " here")

    def destination(self, node):
        """A copy writes its destination itself."""
        if self.kind == "copy":
            leaf = node.setdefault("target_backup_vault_arn", {})
            leaf[ASSIGN] = self.name
            self.rest.get("target_backup_vault_arn", {}).pop(ASSIGN, None)
            if not self.rest.get("target_backup_vault_arn"):
                self.rest.pop("target_backup_vault_arn", None)

    def settings(self):
        for path, (setting, write) in SETTINGS.get(self.kind, {}).items():
            keys = path.split("/")
            leaf = at(self.rest, keys)
            if leaf is not None and is_leaf(leaf):
                self.lines += statements(setting, write, leaf)
                without(self.rest, keys)

    def maps(self, container, key_name, value_name, write):
        """Entries of a map that are assigned whole and without a control."""
        entries = []
        for name, entry in list((at(self.rest, container) or {}).items()):
            pair = [entry.get(leaf, {}) for leaf in (key_name, value_name)] if isinstance(entry, dict) else [{}]
            if len(entry) == 2 and all(list(leaf) == [ASSIGN] for leaf in pair):
                entries.append(write(container[-1], name, entry[key_name][ASSIGN], entry[value_name][ASSIGN]))
                without(self.rest, container + [name])
        return entries

    def tags(self, container, setting):
        entries = self.maps([container], "tag_key", "tag_value", lambda _, name, key, value: f"{key}: {quoted(value)}")
        if entries:
            self.lines.append(f"{setting} = {{{', '.join(entries)}}}")

    def conditions(self):
        entries = []
        for operator in [key for key in self.rest.get("conditions", {}) if key != CONTROL]:
            entries += self.maps(["conditions", operator], "condition_key", "condition_value", condition)
        if entries:
            self.lines.append("where = [" + ", ".join(entries) + "]")

    def blocks(self, node, writer, above):
        for path, kind in INNER[self.kind]:
            for name in [key for key in at(self.rest, path) or {} if key != CONTROL]:
                self.inner.append(writer.body(kind, name, at(node, path + (name,)), (), at(above, path + (name,))))
                without(self.rest, list(path) + [name])
        if self.kind == "policy":
            self.rest.pop("plans", None)

    def text(self, more):
        raw = [f"raw {json.dumps(key)} = {json.dumps(value, ensure_ascii=False)}" for key, value in self.rest.items()]
        lines = self.head + more + self.lines + raw
        extend = "extend " if self.extends else ""
        inner = ["  " + line for line in lines + [line for block in self.inner for line in block.split("\n")]]
        return "\n".join([extend + header(self.kind, self.name) + " {"] + inner + ["}"])


def leaves(node):
    for key, kid in node.items():
        if key != CONTROL and is_leaf(kid):
            yield kid
        elif key != CONTROL:
            yield from leaves(kid)


def complete(kind, node):
    """Whether a block says by itself all that AWS demands of it, so that `extend` adds nothing but destinations."""
    if kind == "plan":
        return len(node.get("scan_settings", {}).get("GUARDDUTY", "  ")) == 2
    if kind == "rule":
        return "enable_continuous_backup" not in node and "opt_in_to_archive" not in json.dumps(node)
    if kind == "tags":
        return "tag_key" in node and "tag_value" in node
    return kind == "resources" and "resource_types" in node


class Writer:
    def __init__(self, maker, above):
        self.maker = maker
        self.above = above  # the document of a policy that stands above in every place, or None

    def body(self, kind, name, node, more=(), above=None):
        """The text of a block. The object gets what the block brings besides."""
        block = Block(kind, name, node)
        block.extends = above is not None and complete(kind, node) and self.maker.chance(0.7)
        block.destination(node)
        block.own_control()
        block.settings()
        if kind == "plan":
            block.tags("backup_plan_tags", "plan_tags")
        if kind == "rule":
            block.tags("recovery_point_tags", "recovery_point_tags")
        if kind == "resources":
            block.conditions()
        block.blocks(node, self, above if block.extends or kind == "policy" else None)
        if kind != "policy" and block.lines and not block.rest and not block.inner and self.maker.chance(0.1):
            self.control_all(block, node)
        return block.text(list(more))

    def control_all(self, block, node):
        """One control for all leaves of a block that have none of their own."""
        words = self.maker.control()
        block.head.insert(0, allowed(words))
        for leaf in leaves(node):
            leaf.setdefault(CONTROL, words)


def condition(word, name, key, value):
    return f'{word}({quoted(key)}, {quoted(value)}, name: "{name}")'


def target(place):
    if isinstance(place, str):
        return f'account("{place}")'
    return f'ou("{"/".join(place)}")' if place else "root"


def written(maker, name, document, targets, above):
    """(text of a policy, the document that it is). `above` is the document of a policy that stands above this one in
    every place, or None."""
    attach = "attach = [" + ", ".join(target(place) for place in targets) + "]"
    return Writer(maker, above).body("policy", name, document, [attach], above) + "\n", document

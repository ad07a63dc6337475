"""org.yaml read again by somebody else: sets and profiles put in place of their names, all scalars as text, in the form in
which check_inventory.py keeps what it built. Knows the canonical form alone, not what people may write."""
import yaml

DEFAULTS = {"kind": "standard", "key": "unknown", "lock": "unknown", "copy_from": "unknown"}


class Reader:
    def __init__(self, document):
        self.document = document
        self.sets = document.get("sets", {})
        self.coverage = self.region_list(document.get("coverage", {}).get("regions", []))

    def named(self, kind, value):
        return self.sets[kind][value] if isinstance(value, str) and value not in ("none", "unknown") else value

    def region_list(self, value):
        if isinstance(value, list):
            return value
        return self.sets.get("regions", {}).get(value, [] if value == "none" else [value])

    def vaults(self, value):
        value = self.named("vaults", value)
        if value in (None, "unknown"):
            return None, set()
        if value == "none":
            return {}, set(self.coverage)
        rows = value if isinstance(value, list) else value.get("have", [])
        seen = self.coverage if isinstance(value, list) or "seen" not in value else self.region_list(value["seen"])
        found = {}
        for row in rows:
            fact = {key: row.get(key, default) for key, default in DEFAULTS.items()}
            for region in self.region_list(row["in"]):
                found[row["name"], region] = fact
        return found, set(seen)

    def roles(self, value):
        value = self.named("roles", value)
        if value in (None, "unknown"):
            return None
        if value == "none":
            return {}
        if isinstance(value, dict):
            return {"partial": value}
        found = {}
        for row in value:
            row = {"name": row, "trust": "backup"} if isinstance(row, str) else row
            policies = row.get("policies", "unknown")
            found[row.get("path", "/"), row["name"]] = {"trust": row.get("trust", "unknown"), "policies": policies if policies ==
                                                        "unknown" else set() if policies == "none" else set(policies)}
        return found

    def region_settings(self, value):
        value = self.named("region_settings", value)
        found = {}
        for row in value if isinstance(value, list) else []:
            for region in self.region_list(row["in"]):
                found[region] = {"opted": {**dict.fromkeys(row.get("opted_in", []), True),
                                           **dict.fromkeys(row.get("opted_out", []), False)},
                                 "managed": {**dict.fromkeys(row.get("managed", []), True),
                                             **dict.fromkeys(row.get("unmanaged", []), False)}}
        return found

    def tags(self, node):
        value = self.named("tags", node.get("tags", "unknown"))
        return {} if value == "none" else value

    def account(self, row, parent):
        values = {**self.sets.get("profiles", {}).get(row.get("profile"), {}), **row}
        vaults, seen = self.vaults(values.get("vaults"))
        regions = values.get("regions")
        return {"name": row.get("name", ""), "parent": parent, "state": row.get("state", "active"), "seen": seen, "vaults": vaults,
                "roles": self.roles(values.get("roles")), "regions": None if regions is None else set(self.region_list(regions)),
                "settings": self.region_settings(values.get("region_settings")), "tags": self.tags(values)}

    def walk(self, node, parent, ous, accounts):
        ous[node["id"]] = {"name": node.get("name", ""), "parent": parent, "tags": self.tags(node)}
        for row in node.get("accounts", []):
            accounts[row["id"]] = self.account(row, node["id"])
        for child in node.get("ous", []):
            self.walk(child, node["id"], ous, accounts)


def read(path):
    document = yaml.load(path.read_text(), yaml.BaseLoader)
    reader = Reader(document)
    facts = {"organization": document["organization"], "settings": document.get("settings", {}), "ous": {}, "accounts": {}}
    reader.walk(document["root"], None, facts["ous"], facts["accounts"])
    facts["policies"] = {row["id"]: {"name": row["name"], "tags": reader.tags(row)} for row in document.get("policies", [])}
    facts["attachments"] = {row["to"]: set(row["policies"]) for row in document.get("attachments", [])}
    facts["stack_sets"] = {row.pop("name"): {**row, "regions": set(reader.region_list(row["regions"]))}
                           for row in document.get("stack_sets", [])}
    return facts


def differences(built, found, path=""):
    """Lines about all that is not equal; `content` is compared elsewhere."""
    if isinstance(built, dict) and isinstance(found, dict):
        for key in sorted(set(built) | set(found), key=str):
            if key == "content":
                continue
            name = "/".join(key) if isinstance(key, tuple) else key
            if key not in found or key not in built:
                yield f"{path}/{name}: {'missing' if key in built else 'not built'}: {built.get(key, found.get(key))}"
            else:
                yield from differences(built[key], found[key], f"{path}/{name}")
    elif (sorted(built) if isinstance(built, list) else built) != (sorted(found) if isinstance(found, list) else found):
        yield f"{path}: built {built}, found {found}"

"""Effective backup policies, the plain way: a table of settings by their path.

Written from the rules of the merge, without looking at the compiler. Every document is laid out flat; a level
applies the documents attached to it to the table, setting by setting. Slow and short on purpose.

Rules: of several assigns of one level the first document's wins; then all appends (what is not there yet, at the
end), then all removes. A child control binds the levels below, several meet, none widens. On a container it decides
only whether levels below may add keys: they may not where it leaves out append. Keys fold to lower case, values become
texts, an emptied list stays, containers without a value disappear.
"""
OPERATORS = ("assign", "append", "remove")
CONTROL = "@@operators_allowed_for_child_policies"
EVERYTHING = frozenset(OPERATORS)


def as_text(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def as_value(value):
    return [as_text(item) for item in value] if isinstance(value, list) else as_text(value)


def flatten(document):
    """{path: {"assign": …, "append": …, "remove": …, "allows": set}} of one document, containers included."""
    table = {}
    todo = [((), document)]
    while todo:
        path, node = todo.pop(0)
        row = table.setdefault(path, {"allows": EVERYTHING})
        for key, value in node.items():
            word = key.lower()
            if word == CONTROL:
                names = {name.lower().lstrip("@") for name in value}
                row["allows"] = EVERYTHING if "all" in names else frozenset(names & EVERYTHING)
            elif word.startswith("@@"):
                row[word[2:]] = as_value(value)
            else:
                todo.append((path + (word,), value))
    table[()] = {"allows": EVERYTHING}  # AWS reads neither operators nor controls beside "plans"
    return table


class Organization:
    """What has come together on the way from the root so far."""

    def __init__(self):
        self.known = {()}
        self.values = {}
        self.allows = {}

    def _admit(self, path):
        """Whether a path is there, or may be added: by the controls of the levels above alone."""
        for length in range(1, len(path) + 1):
            if path[:length] not in self.known:
                if "append" not in self.allows.get(path[: length - 1], EVERYTHING):
                    return False
                # What is new below a new key is free.
                return True
        return True

    def level(self, documents):
        tables = [flatten(document) for document in documents]
        paths = list(dict.fromkeys(path for table in tables for path in table))
        admitted = [path for path in paths if self._admit(path)]
        for path in admitted:
            self._apply(path, [table[path] for table in tables if path in table])
        for path in admitted:
            for table in tables:
                if path in table:
                    self.allows[path] = self.allows.get(path, EVERYTHING) & table[path]["allows"]
        self.known.update(admitted)

    def _apply(self, path, rows):
        allowed = self.allows.get(path, EVERYTHING)
        if "assign" in allowed:
            assigned = [row["assign"] for row in rows if "assign" in row]
            if assigned:
                self.values[path] = list(assigned[0]) if isinstance(assigned[0], list) else assigned[0]
        if "append" in allowed:
            for row in rows:
                if "append" in row:
                    there = self.values.get(path)
                    there = there if isinstance(there, list) else []
                    for item in row["append"] if isinstance(row["append"], list) else [row["append"]]:
                        if item not in there:
                            there.append(item)
                    self.values[path] = there
        if "remove" in allowed and isinstance(self.values.get(path), list):
            gone = {item for row in rows for item in row.get("remove", [])}
            self.values[path] = [item for item in self.values[path] if item not in gone]

    def document(self):
        root = {}
        for path, value in self.values.items():
            node = root
            for key in path[:-1]:
                node = node.setdefault(key, {})
            node[path[-1]] = value
        return root


def effective(levels):
    """The effective document of an account: levels from the root down, each a list of documents."""
    organization = Organization()
    for documents in levels:
        organization.level(documents)
    return organization.document()

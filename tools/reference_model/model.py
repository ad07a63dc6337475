"""The reference model: how the backup policies on an account's path merge.

Written from what AWS documents of policy inheritance and from recorded answers of the service, and from nothing else:
not from the program that it is compared with. Levels run from the root to the account; the documents of one level are
peers in their order of attachment.

    value    None (nobody set it), a text, or a list of texts
    allowed  the operators that lower levels may still use; on a container, whether they may add keys
"""

ASSIGN, APPEND, REMOVE = "@@assign", "@@append", "@@remove"
CONTROL = "@@operators_allowed_for_child_policies"
ALL = frozenset((ASSIGN, APPEND, REMOVE))
CONTROL_WORDS = {"@@all": ALL, "@@none": frozenset(), ASSIGN: frozenset((ASSIGN,)), APPEND: frozenset((APPEND,)),
                 REMOVE: frozenset((REMOVE,))}


class Written:
    """One object of a document: its operators, its control, and the objects in it by folded name."""
    __slots__ = ("assign", "append", "remove", "control", "kids")

    def __init__(self):
        self.assign = self.append = self.remove = self.control = None
        self.kids = {}


class Merged:
    """What the levels so far make of one setting or container. Never changed once it was given out."""
    __slots__ = ("value", "allowed", "kids")

    def __init__(self, value=None, allowed=ALL, kids=None):
        self.value = value
        self.allowed = allowed
        self.kids = {} if kids is None else kids


NOTHING = Merged()


def text_of(value):
    """Numbers, switches and null become texts."""
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def texts_of(value):
    return [text_of(one) for one in value] if isinstance(value, list) else text_of(value)


def read(document):
    """A document as AWS reads it: operators, fixed keys and identifiers in lower case."""
    node = Written()
    for key, value in document.items():
        name = key.lower()
        if name == ASSIGN:
            node.assign = texts_of(value)
        elif name == APPEND:
            node.append = texts_of(value)
        elif name == REMOVE:
            node.remove = texts_of(value)
        elif name == CONTROL:
            node.control = frozenset().union(*(CONTROL_WORDS[word.lower()] for word in value))
        else:
            node.kids[name] = read(value)
    return node


def differs(value, other):
    """Whether two values of a setting mean different things: the order of a list does not."""
    if isinstance(value, list) and isinstance(other, list):
        return set(value) != set(other)
    return value != other


def merge_value(node, peers, events):
    """Assigns first, of several the first attached; then all appends, then all removes."""
    value, allowed = node.value, node.allowed
    assigned = [peer.assign for peer in peers if peer.assign is not None]
    appended = [peer.append for peer in peers if peer.append is not None]
    removed = [one for peer in peers for one in peer.remove or ()]
    if assigned and ASSIGN in allowed:
        value = assigned[0]
        if any(differs(other, value) for other in assigned[1:]):
            events.add("conflict")
    if appended and APPEND in allowed:
        value = [] if value is None else list(value)
        for one in (one for values in appended for one in values):
            if one not in value:
                value.append(one)
    if removed and value and REMOVE in allowed:
        value = [one for one in value if one not in removed]
    used = [word for word, values in ((ASSIGN, assigned), (APPEND, appended), (REMOVE, removed)) if values]
    if not allowed.issuperset(used):
        events.add("blocked")
    if assigned and ASSIGN in allowed and isinstance(node.value, list):
        if set(node.value) - set(value) - set(removed):
            events.add("override")
        elif set(node.value) - set(assigned[0]):
            events.add("override made good")
    return value


def merge_kids(node, peers, events):
    kids = node.kids
    names = list(dict.fromkeys(name for peer in peers for name in peer.kids))
    if names:
        kids = dict(kids)
    for name in names:
        kid = kids.get(name, NOTHING)
        if kid is NOTHING and APPEND not in node.allowed:
            events.add("closed")
            continue
        kids[name] = merge(kid, [peer.kids[name] for peer in peers if name in peer.kids], events)
    return kids


def merge(node, peers, events):
    """One level upon what stands above it. Its controls bind the levels below, not itself."""
    value = merge_value(node, peers, events)
    kids = merge_kids(node, peers, events)
    allowed = node.allowed
    for peer in peers:
        if peer.control is not None:
            if peer.control - node.allowed:
                events.add("wider")
            allowed = allowed & peer.control
    return Merged(value, allowed, kids)


def hollow(node):
    """Whether a plan, or something that a plan lists by name, was written and holds nothing."""
    plans = node.kids.get("plans", NOTHING).kids.values()
    return any(shown(kid) is None for plan in plans for kid in [plan] + [
        kid for part in plan.kids.values() for kid in [part] + list(part.kids.values())])


def shown(node):
    """The document: what nobody set and what holds nothing is not there; an emptied list is."""
    if node.value is not None:
        return node.value
    document = {}
    for name, kid in node.kids.items():
        made = shown(kid)
        if made is not None:
            document[name] = made
    return document or None


def document_of(node):
    return shown(node) or {}


def level(node, peers, events):
    """One level upon what stands above it: documents as `read` gives them, the first attached first. `events` is a set
    that gets what people should hear of."""
    return merge(node, peers, events) if peers else node


def effective(levels):
    """The effective document of an account: the documents of its levels, the root first."""
    node = NOTHING
    for documents in levels:
        node = level(node, [read(document) for document in documents], set())
    return document_of(node)


def lacking(document):
    """Whether a plan lacks Regions, a rule, a rule's vault, a selection, or the values of its tag: AWS does not enforce it."""
    for plan in document.get("plans", {}).values():
        if "regions" not in plan or not plan.get("rules") or not plan.get("selections"):
            return True
        if any("target_backup_vault_name" not in rule for rule in plan["rules"].values()):
            return True
        if any(selection.get("tag_value") == [] for selection in plan["selections"].get("tags", {}).values()):
            return True
    return False


def without_region(document):
    return any(plan.get("regions") == [] for plan in document.get("plans", {}).values())

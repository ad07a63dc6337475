"""Small wrong changes of C text, by token: every one is a single place of a file and the text that takes its place.
Comments, texts, character constants and preprocessor lines are never touched. checks.def is a list of rows: there only
the usual levels change."""
import re

TOKEN = re.compile(r"""(?P<skip>/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|^[ \t]*\#(?:\\\n|[^\n])*)
|(?P<blank>\s+)|(?P<word>[A-Za-z_]\w*)|(?P<number>\d\w*)|(?P<mark>->|\+\+|--|<<|>>|==|!=|<=|>=|&&|\|\||[-+*/%&|^]=|.)""",
                   re.VERBOSE | re.DOTALL | re.MULTILINE)
FLIPS = {"==": ["!="], "!=": ["=="], "<": ["<=", ">="], ">": [">=", "<="], "<=": ["<", ">"], ">=": [">", "<"],
         "&&": ["||"], "||": ["&&"], "true": ["false"], "false": ["true"]}
LEVELS = ["ERROR", "WARNING", "INFO"]
FLIPS.update({f"BP_{level}": [f"BP_{other}" for other in LEVELS if other != level] for level in LEVELS})
KEYWORDS = {"if", "for", "while", "switch", "return", "sizeof", "case", "else", "do", "goto"}
ROW = re.compile(r'^CHECK\(\w+, "[^"]*", (ERROR|WARNING|INFO),', re.MULTILINE)


class Mutant:
    """Bytes [start, end) of a file become `text`."""

    def __init__(self, file, source, start, end, text, kind):
        self.file, self.start, self.end, self.text, self.kind = file, start, end, text, kind
        self.line = source.count("\n", 0, start) + 1
        first = source.rfind("\n", 0, start) + 1
        last = source.find("\n", end)
        self.before = source[first:last].strip()
        self.after = (source[first:start] + text + source[end:last]).strip()

    def apply(self, source):
        return source[:self.start] + self.text + source[self.end:]

    def __str__(self):
        return f"{self.file}:{self.line}: {self.kind}\n    {self.before}\n    {self.after}"


def tokens_of(source):
    return [found for found in TOKEN.finditer(source) if found.lastgroup not in ("skip", "blank")]


def closing(tokens, opening):
    """The place of the `)` of the `(` at a place."""
    depth = 0
    for place in range(opening, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[place].group(), 0)
        if depth == 0:
            return place
    return len(tokens) - 1


def call_end(tokens, place):
    """The place of the `;` of a call that is a statement of its own, or None."""
    if tokens[place].lastgroup != "word" or tokens[place].group() in KEYWORDS or place + 1 >= len(tokens):
        return None
    before = tokens[place - 1].group() if place else ""
    if tokens[place + 1].group() != "(" or before not in (";", "{", "}"):
        return None
    end = closing(tokens, place + 1) + 1
    return end if end < len(tokens) and tokens[end].group() == ";" else None


def bodies_only(tokens):
    """For every token, whether it stands within a function or an initialiser."""
    depth, inside = 0, []
    for token in tokens:
        depth += {"{": 1, "}": -1}.get(token.group(), 0)
        inside.append(depth > 0)
    return inside


def number_changes(text):
    found = re.fullmatch(r"(\d+)([uUlL]*)", text)
    if not found or (len(found[1]) > 1 and found[1][0] == "0"):
        return []
    value = int(found[1])
    return [f"{other}{found[2]}" for other in (value + 1, value - 1) if other >= 0]


def mutants_of_c(file, source):
    tokens = tokens_of(source)
    inside = bodies_only(tokens)
    made = []

    def add(start, end, text, kind):
        made.append(Mutant(file, source, start, end, text, kind))

    for place, token in enumerate(tokens):
        text, start, end = token.group(), token.start(), token.end()
        if not inside[place]:
            continue
        for other in FLIPS.get(text, []):
            add(start, end, other, "level" if text.startswith("BP_") else "condition" if text[0] in "=!<>&|" else "constant")
        if token.lastgroup == "number":
            for other in number_changes(text):
                add(start, end, other, "constant")
        elif text == "!":
            add(start, end, "", "condition")
        elif text == "if" and place + 1 < len(tokens):
            last = tokens[closing(tokens, place + 1)]
            add(tokens[place + 1].start(), last.end(), f"(!{source[tokens[place + 1].start():last.end()]})", "condition")
        elif text in ("continue", "break") or (text == "return" and tokens[place + 1].group() == ";"):
            add(start, end, "", f"no {text}")
        last = call_end(tokens, place)
        if last is not None:
            add(start, tokens[last].start(), "", "no call")
    return made


def mutants_of(file, source):
    if file.endswith(".def"):
        return [Mutant(file, source, row.start(1), row.end(1), other, "level") for row in ROW.finditer(source)
                for other in LEVELS if other != row.group(1)]
    return mutants_of_c(file, source)

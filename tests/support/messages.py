"""Every message of the source, found by reading it: what is given to an error, a stop or a warning, followed to where its words are written."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sim.report.messages import FIELD

ROOT = Path(__file__).parents[2]
# which arguments of a call are shown to the user; of `say` only that of sim.report.outside, which has one argument
SHOWN = {
    "InputError": (1, 2),
    "Checked": (0,),
    "CannotGoOn": (0,),
    "ValueError": (0,),
    "stop": (0,),
    "say": (0,),
    "notice": (0,),
    "told": (0,),
}
# functions whose answer is shown to the user, and not as an argument of these: of warnings, and of what `validated` composes
ANSWERS = {
    *("sim.inputs.region.doubts.of_table", "sim.inputs.region.doubts._shown", "sim.inputs.region.doubts.of_total"),
    "sim.inputs.region.official._remarks",
    *("sim.inputs.law.model.warnings", "sim.inputs.law.rhythm.understood"),
    *(f"sim.inputs.scenario.mistyped.{name}" for name in ("_comma", "_spaced", "_percent", "_switch")),
    *("sim.cli.tables.check_table", "sim.inputs.region.load.check_table"),
    "sim.studies.compare.options.in_the_place_of",
    *("sim.inputs.scenario.model.warnings", "sim.inputs.scenario.values.doubts", "sim.inputs.scenario.distributions.doubts"),
}
DEEPEST = 6  # steps from a message to where its words are written
FEW = 3  # texts that are written out in the place of a field
LETTERS = re.compile(r"[A-Za-z]{2}")


@dataclass
class Module:
    """A module of the source: its functions, constants, and what its names are called where they come from."""

    name: str
    tree: ast.Module
    functions: dict[str, list[ast.FunctionDef]] = field(default_factory=dict)
    constants: dict[str, ast.expr] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)


@cache
def modules() -> dict[str, Module]:
    """Return every module of `sim`, read."""
    found = {}
    for path in sorted((ROOT / "sim").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        found[name] = module = Module(name, ast.parse(path.read_text(encoding="utf-8")))
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef):
                module.functions.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.ImportFrom) and node.module:
                module.imported |= {alias.asname or alias.name: (node.module, alias.name) for alias in node.names}
        for statement in module.tree.body:
            for name, value in assigned(statement):
                module.constants[name] = value
    return found


def assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that a node binds, each with what to: of a tuple bound to a tuple each part, of a loop what it goes through."""
    pairs: list[tuple[ast.expr, ast.expr]] = []
    match node:
        case ast.Assign(targets=targets, value=value):
            pairs = [(target, value) for target in targets]
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            pairs = [(target, value)]
        case ast.AugAssign(target=target, value=value):
            pairs = [(target, value)]
    for to, bound in pairs:
        if isinstance(to, ast.Name):
            yield to.id, bound
        elif isinstance(to, ast.Tuple):
            for i, part in enumerate(to.elts):
                if isinstance(part, ast.Name):
                    yield part.id, bound.elts[i] if isinstance(bound, ast.Tuple) and len(bound.elts) == len(to.elts) else bound


@dataclass(frozen=True)
class Place:
    """Where an expression stands: its module, and the functions around it, the inmost last."""

    module: Module
    around: tuple[ast.FunctionDef, ...] = ()

    def bound(self, name: str) -> "list[tuple[ast.expr, Place]] | None":
        """Return all that a name is bound to; None for one that is given from outside, such as a parameter."""
        for depth in range(len(self.around), 0, -1):
            function = self.around[depth - 1]
            within = Place(self.module, self.around[:depth])
            values = [(value, within) for node in ast.walk(function) for bound, value in assigned(node) if bound == name]
            if values:
                return values
            if name in (arg.arg for arg in (*function.args.args, *function.args.kwonlyargs)):
                return None
        if name in self.module.constants:
            return [(self.module.constants[name], Place(self.module))]
        if name in self.module.imported:
            source, original = self.module.imported[name]
            if source in modules() and original in modules()[source].constants:
                return [(modules()[source].constants[original], Place(modules()[source]))]
        return None

    def default(self, name: str) -> str | None:
        """Return the text that a parameter of the function is when it is not given."""
        if not self.around:
            return None
        arguments = self.around[-1].args
        with_default = zip(reversed(arguments.args), reversed(arguments.defaults), strict=False)
        return next(
            (d.value for a, d in with_default if a.arg == name and isinstance(d, ast.Constant) and isinstance(d.value, str)), None
        )

    def function(self, called: ast.expr) -> "list[tuple[ast.FunctionDef, Place]]":
        """Return the functions of `sim` that a call may run."""
        name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
        for function in self.module.functions.get(name, []):
            return [(function, Place(self.module, (function,)))]
        if isinstance(called, ast.Name) and name in self.module.imported:
            source, original = self.module.imported[name]
            if source in modules():
                return [(f, Place(modules()[source], (f,))) for f in modules()[source].functions.get(original, [])]
        return []


@dataclass(frozen=True)
class Message:
    """An English message: its template, and which of its placeholders hold words that are messages themselves."""

    template: str
    parts: frozenset[str] = frozenset()


def sites() -> Iterator[tuple[ast.expr, Place, int]]:
    """Yield every expression that is shown to a user, where it stands, with its line."""
    for module in modules().values():
        yield from _sites(module.tree, Place(module), {"InputError", "CannotGoOn", *_errors()})


@cache
def _errors() -> frozenset[str]:
    """Return the errors that are shown, those made of others included."""
    known = {"InputError", "CannotGoOn"}
    for module in modules().values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and any(isinstance(b, ast.Name) and b.id in known for b in node.bases):
                known.add(node.name)
    return frozenset(known)


def _sites(node: ast.AST, place: Place, errors: set[str]) -> Iterator[tuple[ast.expr, Place, int]]:
    for child in ast.iter_child_nodes(node):
        inner = Place(place.module, (*place.around, child)) if isinstance(child, ast.FunctionDef) else place
        if isinstance(child, ast.FunctionDef) and f"{place.module.name}.{child.name}" in ANSWERS:
            yield from ((value, inner, value.lineno) for value in answers(child))
        if isinstance(child, ast.Lambda) and place.module.name == "sim.inputs.scenario.mistyped":  # what its HINTS say
            yield child.body, place, child.lineno
        if isinstance(child, ast.Call):
            name = (
                child.func.id
                if isinstance(child.func, ast.Name)
                else child.func.attr
                if isinstance(child.func, ast.Attribute)
                else ""
            )
            which = SHOWN.get(name, (0,) if name in errors else ())
            which = () if name == "ValueError" and not place.module.name.startswith("sim.inputs") else which
            if name == "say" and isinstance(child.func, ast.Attribute) and "Budget" not in _classes(place):
                which = ()  # a reader's, in a language of its own
            if name == "say" and isinstance(child.func, ast.Attribute) and "Budget" not in _classes(place):
                which = ()  # a reader's, in a language of its own
            if name == "wrong" and len(child.args) > 2:
                yield from ((template, place, child.lineno) for template in _templates(child.args[2], place))
            if name != "say" or place.module.imported.get("say") == ("sim.report.outside", "say") or "Budget" in _classes(place):
                yield from ((child.args[i], place, child.lineno) for i in which if i < len(child.args))
        yield from _sites(child, inner, errors)


def _templates(node: ast.expr, place: Place) -> Iterator[ast.expr]:
    """Yield what is said of a cell, which is filled in later (`Sheet.wrong`), as if it were filled where it stands."""
    if isinstance(node, ast.Name):
        for value, where in place.bound(node.id) or []:
            yield from _templates(value, where)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield ast.parse(f"f{re.sub(r':%Y-%m', '', node.value)!r}", mode="eval").body


def _classes(place: Place) -> set[str]:
    """Return the classes of a module."""
    return {node.name for node in place.module.tree.body if isinstance(node, ast.ClassDef)}


def answers(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """Yield what a function returns or yields."""
    for node in ast.walk(function):
        if isinstance(node, (ast.Return, ast.Yield)) and node.value is not None:
            yield node.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
            yield node.args[0]


def messages(node: ast.expr, place: Place, deep: int = 0) -> list[Message]:
    """Return the messages that an expression may be, and, behind them, those that stand in their placeholders."""
    whole, parts = texts(node, place, deep)
    return [*whole, *parts]


def texts(node: ast.expr, place: Place, deep: int) -> tuple[list[Message], list[Message]]:
    """Return what an expression may be, and the messages within it."""
    if deep > DEEPEST:
        return [], []
    match node:
        case ast.Constant(value=str() as text):
            return [Message(text.replace("{", "{{").replace("}", "}}"))], []
        case ast.JoinedStr(values=values):
            return composed(values, place, deep)
        case ast.BinOp(left=left, op=ast.Add(), right=right) if any(isinstance(n, (ast.List, ast.ListComp)) for n in (left, right)):
            return joined([left, right], place, deep)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return composed([left, right], place, deep)
        case ast.IfExp(body=one, orelse=other):
            return joined([one, other], place, deep)
        case ast.BoolOp(values=values) | ast.Tuple(elts=values) | ast.List(elts=values):
            return joined(values, place, deep)
        case ast.Starred(value=value) | ast.Subscript(value=value) | ast.Attribute(value=value):
            return ([], []) if isinstance(node, ast.Attribute) else texts(value, place, deep)
        case ast.Dict(values=values):
            return joined([v for v in values if isinstance(v, (ast.Constant, ast.JoinedStr))], place, deep)
        case ast.GeneratorExp(elt=element) | ast.ListComp(elt=element):
            return texts(element, place, deep)
        case ast.Name(id=name):
            found = place.bound(name)
            return joined_at(found, deep + 1) if found is not None else ([], [])
        case ast.NamedExpr(value=value):
            return texts(value, place, deep)
        case ast.Call(func=ast.Attribute(attr="join"), args=[inner]):
            whole, parts = texts(inner, place, deep)
            return [], [*whole, *parts]
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as text), attr="format")):
            count = iter(range(9))
            return [Message(re.sub(r"\{[^}]*?(:,)?\}", lambda at: f"{{value{next(count)}{at[1] or ''}}}", text))], []
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="format")) if (given := place.default(name)) is not None:
            return [Message(given)], []
        case ast.Call(func=ast.Attribute(value=value, attr="removeprefix" | "removesuffix" | "strip")):
            return texts(value, place, deep)
        case ast.Call(func=called):
            return joined_at([(v, at) for f, at in place.function(called) for v in answers(f)], deep + 1)
    return [], []


def joined(nodes: list[ast.expr], place: Place, deep: int) -> tuple[list[Message], list[Message]]:
    """Return what any of these may be."""
    return joined_at([(node, place) for node in nodes], deep)


def joined_at(found: list[tuple[ast.expr, Place]], deep: int) -> tuple[list[Message], list[Message]]:
    """Return what any of these, each at its place, may be."""
    all_texts = [texts(node, at, deep) for node, at in found]
    return [m for whole, _ in all_texts for m in whole], [m for _, parts in all_texts for m in parts]


def composed(values: list[ast.expr], place: Place, deep: int) -> tuple[list[Message], list[Message]]:
    """Return the templates of an f-string or a sum of texts. What is one of a few texts is written out; what is one of many is a part."""
    templates, parts, used = [Message("")], list[Message](), dict[str, int]()
    for value in values:
        if isinstance(value, ast.Constant):
            written = str(value.value).replace("{", "{{").replace("}", "}}")
            templates = [Message(t.template + written, t.parts) for t in templates]
            continue
        inner, raw, comma = value, False, False
        if isinstance(value, ast.FormattedValue):
            inner = value.value
            raw = value.conversion == ord("r") or _quoted(inner)
            comma = value.format_spec is not None and "," in ast.unparse(value.format_spec)
        whole, within = ([], []) if raw else texts(inner, place, deep + 1)
        parts += within
        if 0 < len(whole) <= FEW and any(re.search("[a-z]", FIELD.sub("", one.template)) for one in whole):
            templates = [Message(t.template + one.template, t.parts | one.parts) for t in templates for one in whole]
            continue
        name = named(inner)
        used[name] = used.get(name, 0) + 1
        name += str(used[name]) if used[name] > 1 else ""
        holds = {name} if any(has_words(one.template) for one in (*whole, *within)) else set[str]()
        parts += whole
        templates = [Message(f"{t.template}{{{name}{'!r' if raw else ':,' if comma else ''}}}", t.parts | holds) for t in templates]
    return [_numbered(t) for t in templates], parts


def has_words(template: str) -> bool:
    """Return whether a template is more than a name of the input."""
    words = FIELD.sub("", template)
    return LETTERS.search(words) is not None and " " in words.strip()


def _numbered(message: Message) -> Message:
    """Return a message whose fields have each a name of its own."""
    seen, parts = dict[str, int](), set[str]()

    def again(at: re.Match[str]) -> str:
        if at[1] is None:
            return at[0]
        seen[at[1]] = seen.get(at[1], 0) + 1
        name = at[1] + (str(seen[at[1]]) if seen[at[1]] > 1 else "")
        parts.update({name} if at[1] in message.parts else ())
        return f"{{{name}{at[2] or ''}}}"

    return Message(FIELD.sub(again, message.template), frozenset(parts))


def _quoted(node: ast.expr) -> bool:
    """Return whether an expression may be the repr of a value."""
    branches = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
    return any(isinstance(b, ast.Call) and isinstance(b.func, ast.Name) and b.func.id == "repr" for b in branches)


def named(node: ast.expr) -> str:
    """Return what a placeholder is called: the last name in its expression."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=ast.Name(id="len" | "str" | "repr" | "one_line" | "sum" | "min" | "max"), args=[inner]):
            return named(inner)
        case ast.Call(func=ast.Attribute(attr="join"), args=[inner]):
            return named(inner)
        case ast.Call(func=ast.Name(id="map"), args=[_, inner]):
            return named(inner)
        case ast.Call(func=func):
            return named(func)
        case ast.Subscript(value=_, slice=ast.Constant(value=str() as key)) if key.isidentifier():
            return key
        case ast.Subscript(value=inner):
            return named(inner)
        case ast.BinOp(left=left):
            return named(left)
    names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
    return names[-1] if names else "value"


@cache
def every() -> dict[Message, str]:
    """Return every message of the source, each with where it is shown: module and line."""
    found: dict[Message, str] = {}
    for node, place, line in sites():
        for message in messages(node, place):
            found.setdefault(message, f"{place.module.name}, line {line}")
    return found


@cache
def words() -> frozenset[str]:
    """Return every text that stands in the source as it is: what a message may be given to name something."""
    nodes = (node for module in modules().values() for node in ast.walk(module.tree))
    return frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))

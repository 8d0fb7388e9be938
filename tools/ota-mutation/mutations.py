"""Every mutant of a file at once: each place asks at run time whether its mutant is the active one.

A mutated expression becomes a call such as `mutantCondition(17, x)`: mutants 17, 18 and 19 negate it, make it
true and make it false. What only serves the deliberate mistakes (`flaws.contains(...)`) is left alone: those are
the hand-written mutants of `assay ota mutants`.
"""

import re
from dataclasses import dataclass

from swift_syntax import Node, parse

# Operator: the function that stands for it, and what the mutants do instead.
COMPARISONS = {
    "<": ("mutantLess", ("<=", ">")), "<=": ("mutantAtMost", ("<", ">")),
    ">": ("mutantGreater", (">=", "<")), ">=": ("mutantAtLeast", (">", "<")),
}
ARITHMETIC = {
    "+": ("mutantPlus", ("-",)), "-": ("mutantMinus", ("+",)), "*": ("mutantTimes", ("/",)),
    "/": ("mutantOver", ("*",)), "%": ("mutantModulo", ("/",)), "<<": ("mutantUp", (">>",)),
    ">>": ("mutantDown", ("<<",)), "&+": ("mutantWrappingPlus", ("&-",)), "&-": ("mutantWrappingMinus", ("&+",)),
    "&": ("mutantBoth", ("|",)), "|": ("mutantEither", ("&",)),
}
INFIX = COMPARISONS | ARITHMETIC
# Cases of enumerations that list their cases: the mutant is the next one.
CASES = {
    "none", "signature", "manifest", "size", "format", "target", "arena", "contract", "expired", "downgrade",
    "quarantined", "runtime", "battery", "window", "digest", "length", "unavailable", "storage", "selfTestOutput",
    "selfTestArena", "selfTestLatency", "trialInterrupted", "deadline", "damaged", "clock", "steady", "downloading",
    "pending", "trial", "started", "succeeded", "failed", "refused", "deferred", "degraded", "zero", "one", "artifact",
}


@dataclass(frozen=True)
class Mutant:
    number: int
    file: str
    line: int
    function: str
    # The line it begins on, and what becomes of which part of it.
    context: str
    change: str

    @property
    def key(self) -> str:
        return f"{self.file} | {self.context} | {self.change}"


class Schemata:
    """Rewrites one file; `mutants` are those it holds."""

    def __init__(self, file: str, source: str, first: int, dropped: set[str]):
        self.file, self.source, self.next, self.dropped = file, source, first, dropped
        self.mutants: list[Mutant] = []
        self.function = ""
        # Comparisons that are negated, made true and made false as conditions already.
        self.judged: set[int] = set()
        self.seen: dict[str, int] = {}

    def rewritten(self) -> str:
        return self.emit(parse(self.source))

    # Numbers.

    def number(self, node: Node, *changes: str) -> int | None:
        """Consecutive numbers for these changes of a node; none when the compiler refused them before."""
        start = self.source.rfind("\n", 0, node.start) + 1
        context = " ".join(self.source[start:(self.source.find("\n", node.start))].split())
        line = self.source.count("\n", 0, node.start) + 1
        made = []
        for change in changes:
            key = f"{self.file} | {context} | {change}"
            self.seen[key] = self.seen.get(key, 0) + 1
            if self.seen[key] > 1:
                change = f"{change} #{self.seen[key]}"
            made.append(Mutant(self.next + len(made), self.file, line, self.function, context, change))
        if any(mutant.key in self.dropped for mutant in made):
            return None
        self.next += len(made)
        self.mutants += made
        return made[0].number

    def text(self, node: Node) -> str:
        text = " ".join(self.source[node.start:node.end].split())
        return text if len(text) <= 60 else text[:57] + "..."

    # Text.

    def emit(self, node: Node) -> str:
        if self.is_only_for_flaws(node):
            return self.source[node.start:node.end]
        special = getattr(self, "emit_" + node.kind.replace(" ", "_"), None)
        return special(node) if special else self.plain(node)

    def plain(self, node: Node) -> str:
        """The node as it stands, with its children rewritten."""
        out, position = [], node.start
        for child in node.children:
            out += [self.source[position:child.start], self.emit(child)]
            position = child.end
        return "".join(out) + self.source[position:node.end]

    def is_only_for_flaws(self, node: Node) -> bool:
        """True when nothing of it matters to a device without mistakes made on purpose."""
        text = self.source[node.start:node.end]
        if node.kind in ("condition", "name", "call", "prefix", "group"):
            return bool(FLAW.search(text)) and not FLAW.sub("", text).strip("!|&() \n")
        if node.kind == "binary":
            # `flaws.contains(.x) && y` is false and `!flaws.contains(.x) || y` is true, whatever y is.
            decided = {"&&": self.is_flaw_positive, "||": self.is_flaw_negative}.get(node.text)
            return decided is not None and any(map(decided, node.children)) or all(
                map(self.is_only_for_flaws, node.children))
        if node.kind in ("if", "case"):
            return any(map(self.is_flaw_positive, node.children))
        if node.kind == "function":
            before = self.source[:node.start].rstrip()[-400:]
            return bool(re.search(r"/// (A flaw|Flaws only)[^\n]*\n(\s*///[^\n]*\n)*[^\n]*$", before))
        return False

    def is_flaw_positive(self, node: Node) -> bool:
        return self.is_only_for_flaws(node) and not self.is_flaw_negative(node)

    def is_flaw_negative(self, node: Node) -> bool:
        text = self.source[node.start:node.end].lstrip("(")
        return node.kind in ("condition", "prefix") and self.is_only_for_flaws(node) and text.startswith("!")

    # Declarations.

    def emit_function(self, node: Node) -> str:
        outer, self.function = self.function, node.text
        text = self.plain(node)
        self.function = outer
        return text

    emit_property = emit_function

    # Statements.

    def emit_expression_statement(self, node: Node) -> str:
        text = self.plain(node)
        inner = node.children[0]
        while inner.kind == "try":
            inner = inner.children[0]
        # An initializer must end in another one; room that is reserved changes nothing.
        if inner.kind != "call" or "self.init" in text or "reserve" in text:
            return text
        return self.droppable(node, text)

    def emit_assignment(self, node: Node) -> str:
        if node.returns == "init":
            return self.plain(node)
        return self.droppable(node, self.plain(node))

    def emit_throw(self, node: Node) -> str:
        return self.plain(node) if node.is_exit else self.droppable(node, self.plain(node))

    def emit_continue(self, node: Node) -> str:
        return self.plain(node) if node.is_exit else self.droppable(node, self.plain(node))

    def droppable(self, node: Node, text: str) -> str:
        number = self.number(node, f"drop `{self.text(node)}`")
        return text if number is None else f"if mutantKeeps({number}) {{ {text} }}"

    def emit_return(self, node: Node) -> str:
        if not node.children:
            return self.plain(node) if node.is_exit else self.droppable(node, self.plain(node))
        if node.returns == "Void":
            text = self.plain(node)
            number = self.number(node, f"drop the call of `{self.text(node)}`")
            return text if number is None else f"if mutantKeeps({number}) {{ {text} }} else {{ return }}"
        return self.source[node.start:node.children[0].start] + self.result(node.children[0], node.returns)

    def emit_result(self, node: Node) -> str:
        return self.result(node.children[0], node.returns)

    def result(self, node: Node, returns: str) -> str:
        if returns == "Bool":
            return self.condition(node, ("negate", "true", "false"))
        if returns == "Attempt":
            return self.call("mutantAttempt", node, f"`{self.text(node)}` -> another attempt")
        if returns.endswith("?") and self.text(node) != "nil":
            return self.call("mutantOptional", node, f"`{self.text(node)}` -> nil")
        return self.emit(node)

    # Conditions.

    def emit_condition(self, node: Node) -> str:
        return self.condition(node.children[0], ("negate", "true", "false"))

    def condition(self, node: Node, changes: tuple[str, ...]) -> str:
        """A Bool; `negate` is always the first change, `true` and `false` follow when asked for."""
        if node.kind == "boolean" and self.source.startswith("while", node.start - 6):
            return node.text  # the compiler knows that `while true` does not end
        inner = self.without_flaws(node)
        if inner is not None:
            left, right = node.start, node.end
            return self.source[left:inner.start] + self.condition(inner, changes) + self.source[inner.end:right]
        if self.is_only_for_flaws(node) or node.kind in ("switch", "if"):
            return self.emit(node) if not self.is_only_for_flaws(node) else self.source[node.start:node.end]
        if node.kind == "boolean":
            return self.emit(node)
        self.judged.add(id(node))
        number = self.number(node, *(f"{change} `{self.text(node)}`" for change in changes))
        text = self.emit(node)
        if number is None:
            return text
        name = {3: "mutantCondition", 2: f"mutantUnless{changes[-1].capitalize()}"}[len(changes)]
        return f"{name}({number}, {text})"

    def without_flaws(self, node: Node) -> Node | None:
        """The part of `x || flaws.contains(.y)` that is not about flaws."""
        while node.kind in ("group",) and len(node.children) == 1:
            node = node.children[0]
        if node.kind != "binary" or node.text not in ("||", "&&"):
            return None
        left, right = node.children
        if self.is_only_for_flaws(right):
            return left
        return right if self.is_only_for_flaws(left) else None

    def emit_binding_clause(self, node: Node) -> str:
        text = self.plain(node)
        number = self.number(node, f"never `{self.text(node)}`")
        return text if number is None else f"{text}, mutantKeeps({number})"

    emit_pattern_clause = emit_binding_clause

    # Expressions.

    def emit_binary(self, node: Node) -> str:
        if self.without_flaws(node) is not None:
            inner = self.without_flaws(node)
            return self.source[node.start:inner.start] + self.emit(inner) + self.source[inner.end:node.end]
        if node.text in ("&&", "||"):
            return self.logical(node)
        if node.text in ("==", "!=", *COMPARISONS) and id(node) not in self.judged:
            return self.condition(node, ("negate", "true", "false"))
        if node.text in INFIX:
            return self.infix(node, *INFIX[node.text])
        if node.text == "??":
            left, right = node.children
            number = self.number(node, f"always the default of `{self.text(node)}`")
            gap = self.source[left.end:right.start]
            if number is None:
                return self.emit(left) + gap + self.emit(right)
            return f"mutantOptional({number}, {self.emit(left)}){gap}{self.emit(right)}"
        return self.plain(node)

    def infix(self, node: Node, name: str, others: tuple[str, ...]) -> str:
        left, right = node.children
        number = self.number(node, *(f"`{self.text(node)}` with {other}" for other in others))
        if number is None:
            return self.plain(node)
        return f"{name}({number}, {self.emit(left)}, {self.emit(right)})"

    def logical(self, node: Node) -> str:
        left, right = node.children
        number = self.number(node, f"`{self.text(node)}` with {'||' if node.text == '&&' else '&&'}")
        changes = ("negate", "true") if node.text == "&&" else ("negate", "false")
        first, second = self.condition(left, changes), self.condition(right, changes)
        if number is None:
            return first + self.source[left.end:right.start] + second
        name = "mutantAnd" if node.text == "&&" else "mutantOr"
        return f"{name}({number}, {first}, {second})"

    def emit_ternary(self, node: Node) -> str:
        condition, first, second = node.children
        if self.is_only_for_flaws(condition):
            keeps_first = self.source[condition.start] == "!"
            texts = [self.source[part.start:part.end] for part in node.children]
            live = first if keeps_first else second
            texts[1 if keeps_first else 2] = self.emit(live)
            return f"{texts[0]} ? {texts[1]} : {texts[2]}"
        head = self.condition(condition, ("negate", "true", "false"))
        return f"{head} ? {self.emit(first)} : {self.emit(second)}"

    def emit_prefix(self, node: Node) -> str:
        if node.text == "!":
            return "!" + self.emit(node.children[0])
        return self.plain(node)

    def emit_number(self, node: Node) -> str:
        value = int(node.text.replace("_", ""), 0)
        changes = [f"{node.text} -> {value + 1}", f"{node.text} -> {value - 1 if value else 2}"]
        if value > 2:
            changes.append(f"{node.text} -> 0")
        number = self.number(node, *changes)
        return node.text if number is None else f"mutantNumber({number}, {node.text})"

    def emit_boolean(self, node: Node) -> str:
        number = self.number(node, f"{node.text} -> {'false' if node.text == 'true' else 'true'}")
        return node.text if number is None else f"mutantNegation({number}, {node.text})"

    def emit_string(self, node: Node) -> str:
        number = self.number(node, f"{node.text[:40]} -> another text")
        return node.text if number is None else f"mutantText({number}, {node.text})"

    def emit_case_name(self, node: Node) -> str:
        if node.text not in CASES:
            return "." + node.text
        return self.call("mutantCase", node, f".{node.text} -> the next case", emitted="." + node.text)

    def emit_member(self, node: Node) -> str:
        base = self.emit(node.children[0])
        if node.text == "other":
            number = self.number(node, f"`{self.text(node)}` -> the same one")
            return f"{base}.other" if number is None else f"{base}.mutantOther({number})"
        return base + self.source[node.children[0].end:node.end]

    def emit_call(self, node: Node) -> str:
        head, arguments = node.children
        if self.source[:head.end].endswith("holds") and arguments.children:
            # The name of a check says only which one a glitch hits.
            first = arguments.children[0]
            rest = Node("arguments", first.end, node.end, arguments.children[1:])
            return self.source[node.start:first.end] + self.plain(rest)
        if head.kind == "case name":  # `.failed(.size)`: a case with values, or a function of its type
            return self.source[node.start:head.end] + self.emit(arguments)
        text = self.plain(node)
        if head.kind == "name" and head.text in ("min", "max") and len(arguments.children) == 2:
            other = "max" if head.text == "min" else "min"
            number = self.number(node, f"`{self.text(node)}` with {other}")
            if number is not None:
                return f"mutant{head.text.capitalize()}({number}, {text[len(head.text) + 1:]}"
        return text

    def emit_sequence(self, node: Node) -> str:
        inner = node.children[0]
        text = self.source[inner.start:inner.end]
        if text.endswith(".allCases"):
            return self.call("mutantReversed", inner, f"`{text}` backwards")
        return self.emit(inner)

    def call(self, name: str, node: Node, change: str, emitted: str | None = None) -> str:
        number = self.number(node, change)
        text = self.emit(node) if emitted is None else emitted
        return text if number is None else f"{name}({number}, {text})"


FLAW = re.compile(r"(?:device\.|profile\.)?(?:flaws|device)\.contains\(\.\w+\)")

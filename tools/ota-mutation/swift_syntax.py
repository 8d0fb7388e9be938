"""A syntax tree of the part of Swift that the simulated device is written in.

Code is formatted by swift-format: infix operators stand between spaces, prefix and postfix ones do not.
"""

from dataclasses import dataclass, field

from swift_tokens import Token, tokenize

PRECEDENCE = {
    "||": 2, "&&": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "==": 4, "!=": 4, "~=": 4, "??": 5, "..<": 6, "...": 6,
    "+": 7, "-": 7, "&+": 7, "&-": 7, "|": 7, "^": 7, "*": 8, "/": 8, "%": 8, "&*": 8, "&": 8, "<<": 9, ">>": 9,
}
ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "|=", "&=", "^=", "&+=", "&-=", "&*=", "<<=", ">>="}
TYPES = {"struct", "enum", "class", "extension"}
MODIFIERS = {
    "public", "private", "internal", "static", "mutating", "nonmutating", "final", "package", "fileprivate",
    "indirect", "unsafe", "lazy", "override", "nonisolated",
}


@dataclass
class Node:
    kind: str
    start: int
    end: int
    children: list["Node"] = field(default_factory=list)
    text: str = ""
    # What a statement or expression needs to know of where it stands.
    returns: str = ""
    is_exit: bool = False


class Parser:
    def __init__(self, source: str):
        self.source = source
        self.tokens = tokenize(source)
        self.index = 0
        self.returns = ""

    # Tokens.

    @property
    def now(self) -> Token:
        return self.tokens[self.index]

    def ahead(self, count: int = 1) -> Token:
        return self.tokens[min(self.index + count, len(self.tokens) - 1)]

    def take(self) -> Token:
        token = self.now
        self.index += 1
        return token

    def eat(self, text: str) -> Token:
        if self.now.text != text:
            line = self.source.count("\n", 0, self.now.start) + 1
            raise SyntaxError(f"line {line}: expected {text!r}, found {self.now.text!r}")
        return self.take()

    def last_end(self) -> int:
        return self.tokens[self.index - 1].end

    def skip_balanced(self) -> None:
        """Past the bracket that begins here."""
        depth = 0
        while True:
            depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(self.take().text, 0)
            if depth == 0:
                return

    # Declarations.

    def file(self) -> Node:
        children = self.members(until="")
        return Node("file", 0, len(self.source), children)

    def members(self, until: str) -> list[Node]:
        found: list[Node] = []
        while self.now.kind != "end" and self.now.text != until:
            found += self.member()
        return found

    def member(self) -> list[Node]:
        text = self.now.text
        if text.startswith("@") or text in MODIFIERS:
            self.take()
            if self.now.text == "(" and not self.now.spaced_before:
                self.skip_balanced()
            return []
        if text in TYPES:
            while self.now.text != "{":
                self.take()
            self.take()
            inside = self.members(until="}")
            self.eat("}")
            return inside
        if text in ("func", "init", "subscript") and (text != "init" or self.ahead().text in "(?"):
            return self.function()
        if text in ("let", "var"):
            return self.property()
        self.take()
        if text in ("{", "(", "["):
            self.index -= 1
            self.skip_balanced()
        return []

    def function(self) -> list[Node]:
        name = self.take()
        if name.text == "func":
            name = self.take()
        start = self.index
        while self.now.text != "{" and not (self.now.on_new_line and self.now.text == "}"):
            if self.now.text in ("(", "["):
                self.skip_balanced()
            else:
                self.take()
            if self.now.kind == "end":
                return []
        signature = [token.text for token in self.tokens[start:self.index]]
        arrow = len(signature) - 1 - signature[::-1].index("->") if "->" in signature else None
        outer, self.returns = self.returns, "Void" if arrow is None else "".join(signature[arrow + 1:])
        if name.text == "init":
            self.returns = "init"
        body = self.accessors() if name.text == "subscript" else self.body()
        self.returns = outer
        return [Node("function", name.start, self.last_end(), body, name.text)]

    def property(self) -> list[Node]:
        self.take()
        name = self.take()
        if self.now.text == ",":  # let major, minor: UInt16
            return []
        type_start = self.index
        if self.now.text == ":":
            self.skip_type()
        kind = "".join(token.text for token in self.tokens[type_start + 1:self.index])
        found: list[Node] = []
        if self.now.text == "=":
            self.take()
            found = [Node("property", name.start, 0, [self.expression()], name.text)]
            found[0].end = self.last_end()
        if self.now.text == "{" and not self.now.on_new_line:
            outer, self.returns = self.returns, kind
            body = self.accessors()
            self.returns = outer
            found.append(Node("function", name.start, self.last_end(), body, name.text))
        return found

    def skip_type(self) -> None:
        """Past `: Type`."""
        self.take()
        while not self.now.on_new_line and self.now.text not in ("=", "{", "}", ",", ")", "in", "else", ""):
            if self.now.text in ("(", "["):
                self.skip_balanced()
            else:
                self.take()

    def accessors(self) -> list[Node]:
        if self.ahead().text not in ("get", "set", "mutating"):
            return self.body()
        self.eat("{")
        found: list[Node] = []
        while self.now.text != "}":
            outer = self.returns
            if self.now.text == "set":
                self.returns = "Void"
            while self.now.text != "{":
                self.take()
            found += self.body()
            self.returns = outer
        self.eat("}")
        return found

    def body(self) -> list[Node]:
        """The statements of a function; a single expression is its result."""
        block = self.block()
        if len(block.children) == 1 and block.children[0].kind == "expression statement":
            only = block.children[0]
            if self.returns not in ("Void", "init"):
                only.kind = "result"
        return [block]

    # Statements.

    def block(self) -> Node:
        start = self.eat("{").start
        statements: list[Node] = []
        while self.now.text != "}":
            statements.append(self.statement())
        self.eat("}")
        return Node("block", start, self.last_end(), statements)

    def statement(self) -> Node:
        start = self.now.start
        text = self.now.text
        makers = {
            "if": self.branch, "guard": self.guard, "while": self.loop, "for": self.iteration,
            "switch": self.choice, "do": self.attempt, "defer": self.deferred, "return": self.exit_with,
            "throw": self.exit_with, "let": self.binding, "var": self.binding,
        }
        if text in makers:
            children = makers[text]()
            kind = text
        elif text in ("continue", "break"):
            self.take()
            children, kind = [], text
        elif text == "func" or text in TYPES:
            children, kind = self.member(), "declaration"
        elif text == ";":
            self.take()
            children, kind = [], "declaration"
        else:
            children, kind = [self.expression()], "expression statement"
            if self.now.text in ASSIGNMENTS and self.now.spaced_before:
                operator = self.take().text
                children.append(self.expression())
                kind = "assignment"
                return Node(kind, start, self.last_end(), children, operator, self.returns)
        return Node(kind, start, self.last_end(), children, returns=self.returns)

    def conditions(self) -> list[Node]:
        clauses = [self.condition()]
        while self.now.text == ",":
            self.take()
            clauses.append(self.condition())
        return clauses

    def condition(self) -> Node:
        start = self.now.start
        if self.now.text in ("let", "var"):
            self.take()
            self.take()
            if self.now.text == ":":
                self.skip_type()
            if self.now.text != "=":
                return Node("binding clause", start, self.last_end())
            self.take()
            children = [self.expression(is_condition=True)]
            return Node("binding clause", start, self.last_end(), children)
        if self.now.text == "case":
            self.take()
            while self.now.text != "=":
                self.take()
            self.take()
            return Node("pattern clause", start, 0, [self.expression(is_condition=True)])
        return Node("condition", start, 0, [self.expression(is_condition=True)])

    def branch(self) -> list[Node]:
        self.take()
        children = self.conditions() + [self.block()]
        if self.now.text == "else":
            self.take()
            children.append(self.statement() if self.now.text == "if" else self.block())
        return children

    def guard(self) -> list[Node]:
        self.take()
        children = self.conditions()
        self.eat("else")
        exit_block = self.block()
        exit_block.children[-1].is_exit = True
        return children + [exit_block]

    def loop(self) -> list[Node]:
        self.take()
        return self.conditions() + [self.block()]

    def iteration(self) -> list[Node]:
        self.take()
        while self.now.text != "in":
            self.take()
        self.take()
        children = [Node("sequence", self.now.start, 0, [self.expression(is_condition=True)])]
        if self.now.text == "where":
            self.take()
            children.append(Node("condition", self.now.start, 0, [self.expression(is_condition=True)]))
        return children + [self.block()]

    def choice(self) -> list[Node]:
        self.take()
        children = [self.expression(is_condition=True)]
        self.eat("{")
        while self.now.text != "}":
            children.append(self.case())
        self.eat("}")
        return children

    def case(self) -> Node:
        start = self.now.start
        children: list[Node] = []
        if self.take().text == "case":
            children += self.patterns()
        self.eat(":")
        statements: list[Node] = []
        while self.now.text not in ("case", "default", "}"):
            statements.append(self.statement())
        children.append(Node("case body", statements[0].start, self.last_end(), statements))
        return Node("case", start, self.last_end(), children)

    def patterns(self) -> list[Node]:
        found: list[Node] = []
        while self.now.text != ":":
            if self.now.text == "where":
                self.take()
                found.append(Node("condition", self.now.start, 0, [self.expression()]))
            elif self.now.kind == "number" and self.ahead().kind != "operator":
                found.append(Node("pattern", self.now.start, 0, [self.expression()]))
            elif self.now.text in ("(", "["):
                self.skip_balanced()
            else:
                self.take()
        return found

    def attempt(self) -> list[Node]:
        self.take()
        children = [self.block()]
        while self.now.text == "catch":
            self.take()
            children.append(self.block())
        return children

    def deferred(self) -> list[Node]:
        self.take()
        return [self.block()]

    def exit_with(self) -> list[Node]:
        keyword = self.take()
        if self.now.on_new_line or self.now.text in ("}", ";"):
            return []
        del keyword
        return [self.expression()]

    def binding(self) -> list[Node]:
        self.take()
        if self.now.text == "(":
            self.skip_balanced()
        else:
            self.take()
        if self.now.text == ":":
            self.skip_type()
        if self.now.text != "=":
            return []
        self.take()
        return [self.expression()]

    # Expressions.

    def expression(self, level: int = 0, is_condition: bool = False) -> Node:
        left = self.prefixed(is_condition)
        while True:
            token = self.now
            if token.kind == "operator" and token.text == "?" and token.spaced_before and level <= 1:
                left = self.ternary(left, is_condition)
                continue
            if token.text in ("as", "is") and token.kind == "name":
                self.take()
                if self.now.text in ("?", "!"):
                    self.take()
                self.take()
                left = Node("cast", left.start, self.last_end(), [left])
                continue
            rank = PRECEDENCE.get(token.text) if token.kind == "operator" else None
            if rank is None or rank <= level or not self.is_infix(token):
                return left
            self.take()
            right = self.expression(rank, is_condition)
            left = Node("binary", left.start, right.end, [left, right], token.text)

    def is_infix(self, token: Token) -> bool:
        if token.text in ("..<", "..."):
            return self.ahead().text not in ("]", ")") and not self.ahead().on_new_line
        return token.spaced_before and token.spaced_after

    def ternary(self, condition: Node, is_condition: bool) -> Node:
        self.take()
        first = self.expression(1, is_condition)
        self.eat(":")
        second = self.expression(1, is_condition)
        return Node("ternary", condition.start, second.end, [condition, first, second])

    def prefixed(self, is_condition: bool) -> Node:
        token = self.now
        if token.text in ("try", "unsafe"):
            self.take()
            if self.now.text == "?" and not self.now.spaced_before:
                self.take()
            inner = self.expression(0, is_condition)
            return Node("try", token.start, inner.end, [inner])
        if token.kind == "operator" and token.text in ("!", "-", "~", "&", "..<", "..."):
            self.take()
            inner = self.prefixed(is_condition)
            return Node("prefix", token.start, inner.end, [inner], token.text)
        return self.postfixed(self.primary(is_condition), is_condition)

    def primary(self, is_condition: bool) -> Node:
        token = self.now
        if token.text in ("(", "["):
            return self.listing("group")
        if token.text == "{":
            return self.closure()
        if token.text in ("if", "switch") and token.kind == "name":
            return self.statement()
        self.take()
        if token.kind == "number":
            return Node("number", token.start, token.end, text=token.text)
        if token.kind == "string":
            return Node("string", token.start, token.end, text=token.text)
        if token.text == "\\":
            self.take()
        elif token.text == ".":
            name = self.take()
            return Node("case name", token.start, name.end, text=name.text)
        if token.text in ("true", "false"):
            return Node("boolean", token.start, token.end, text=token.text)
        return Node("name", token.start, self.last_end(), text=token.text)

    def listing(self, kind: str) -> Node:
        start = self.take()
        closing = {"(": ")", "[": "]"}[start.text]
        items: list[Node] = []
        while self.now.text != closing:
            if self.now.text in (",", ":"):
                self.take()
            elif self.now.kind == "operator" and self.ahead().text in (",", closing):
                self.take()
            elif self.now.kind == "name" and self.ahead().text == ":" and start.text == "(":
                self.take()
            else:
                items.append(self.expression())
        self.take()
        return Node(kind, start.start, self.last_end(), items, start.text)

    def postfixed(self, base: Node, is_condition: bool) -> Node:
        while True:
            token = self.now
            if token.text == "." and token.kind == "mark":
                self.take()
                name = self.take()
                base = Node("member", base.start, name.end, [base], name.text)
            elif token.text in ("?", "!") and not token.spaced_before and token.kind == "operator":
                self.take()
                base = Node("unwrap", base.start, token.end, [base])
            elif token.text in ("(", "[") and not token.on_new_line and not token.spaced_before:
                kind = "call" if token.text == "(" else "subscript"
                base = Node(kind, base.start, 0, [base, self.listing("arguments")])
                base.end = self.last_end()
            elif token.text in ("(", "[") and self.source[token.start - 1] not in " \n":
                kind = "call" if token.text == "(" else "subscript"
                base = Node(kind, base.start, 0, [base, self.listing("arguments")])
                base.end = self.last_end()
            elif token.text == "{" and not is_condition and not token.on_new_line and self.is_callable(base):
                base = Node("call", base.start, 0, [base, self.closure()])
                base.end = self.last_end()
            elif token.text == "<" and not token.spaced_before:
                while self.take().text != ">":
                    pass
            else:
                return base

    @staticmethod
    def is_callable(base: Node) -> bool:
        return base.kind in ("call", "member", "name")

    def closure(self) -> Node:
        start = self.eat("{").start
        self.skip_closure_head()
        outer, self.returns = self.returns, "closure"
        statements: list[Node] = []
        while self.now.text != "}":
            statements.append(self.statement())
        self.returns = outer
        self.eat("}")
        if len(statements) == 1 and statements[0].kind == "expression statement":
            statements[0].kind = "result"
        return Node("closure", start, self.last_end(), statements)

    def skip_closure_head(self) -> None:
        """Past `a, b -> T in`, when there is one."""
        index = self.index
        while not self.tokens[index].on_new_line or index == self.index:
            text = self.tokens[index].text
            if text == "in":
                self.index = index + 1
                return
            if text in ("{", "}", "=", "return", "if", "guard", "") or self.tokens[index].kind == "string":
                return
            index += 1


def parse(source: str) -> Node:
    tree = Parser(source).file()
    _close(tree)
    return tree


def _close(node: Node) -> None:
    """Nodes made before their end was known end with their last child."""
    for child in node.children:
        _close(child)
    if node.end == 0 and node.children:
        node.end = node.children[-1].end

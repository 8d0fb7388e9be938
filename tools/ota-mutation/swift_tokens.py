"""Tokens of the part of Swift that the simulated device is written in."""

from dataclasses import dataclass

OPERATOR_CHARACTERS = set("/=-+!*%<>&|^~?")


@dataclass(frozen=True)
class Token:
    kind: str  # name, number, string, operator, mark (brackets, comma, colon, dot), end
    text: str
    start: int
    end: int
    spaced_before: bool
    spaced_after: bool
    on_new_line: bool


def tokenize(source: str) -> list[Token]:
    tokens: list[Token] = []
    position, line_ended = 0, True
    while position < len(source):
        start = position
        kind, position = _scan(source, position)
        if kind == "space":
            line_ended = line_ended or "\n" in source[start:position]
            continue
        before = start == 0 or source[start - 1] in " \n([{,"
        after = position >= len(source) or source[position] in " \n)]},:;"
        tokens.append(Token(kind, source[start:position], start, position, before, after, line_ended))
        line_ended = False
    tokens.append(Token("end", "", len(source), len(source), True, True, True))
    return tokens


def _scan(source: str, at: int) -> tuple[str, int]:
    character = source[at]
    if character.isspace():
        return "space", at + 1
    if source.startswith("//", at):
        end = source.find("\n", at)
        return "space", len(source) if end < 0 else end
    if source.startswith("/*", at):
        return "space", source.index("*/", at) + 2
    if character == '"':
        return "string", _string_end(source, at)
    if character.isdigit():
        end = at
        while end < len(source) and (source[end].isalnum() or source[end] == "_"):
            end += 1
        return "number", end
    if character.isalpha() or character in "_$@#`":
        end = at + 1
        while end < len(source) and (source[end].isalnum() or source[end] in "_`"):
            end += 1
        return "name", end
    for dots in ("..<", "..."):
        if source.startswith(dots, at):
            return "operator", at + 3
    if character in OPERATOR_CHARACTERS:
        return "operator", _operator_end(source, at)
    return "mark", at + 1


def _operator_end(source: str, at: int) -> int:
    # A postfix `?` or `!` stands alone: `x?.y`, `UInt8?>`.
    if source[at] in "?!" and not source.startswith(("??", "!="), at):
        return at + 1
    end = at
    while end < len(source) and source[end] in OPERATOR_CHARACTERS and not source.startswith("//", end):
        end += 1
    return end


def _string_end(source: str, at: int) -> int:
    quote = '"""' if source.startswith('"""', at) else '"'
    position = at + len(quote)
    while not source.startswith(quote, position):
        if source.startswith("\\(", position):
            position = _interpolation_end(source, position + 2)
        else:
            position += 2 if source[position] == "\\" else 1
    return position + len(quote)


def _interpolation_end(source: str, at: int) -> int:
    depth = 1
    while depth:
        if source[at] == '"':
            at = _string_end(source, at)
            continue
        depth += {"(": 1, ")": -1}.get(source[at], 0)
        at += 1
    return at

"""Reads JSON Lines on standard input as Python's json does, and prints the rows of COPY text that they stand for.

Arguments: the columns as a JSON list of [name, kind]. Numbers keep their text, jsonb is printed as PostgreSQL prints it.
"""
import json
import re
import sys

ESCAPES = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\"}


class Number(str):
    """The text of a number."""


def escaped(text):
    return re.sub(r"[\b\f\n\r\t\v\\]", lambda match: ESCAPES[match.group()], text)


def jsonb(value):
    if isinstance(value, Number):
        return value
    if isinstance(value, list) and value and value[0] is OBJECT:
        return "{" + ", ".join(f"{jsonb(key)}: {jsonb(item)}" for key, item in value[1:]) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(jsonb, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


OBJECT = object()


def field(kind, value):
    if kind == "json":
        return escaped(jsonb(value))
    if value is None:
        return "\\N"
    if kind == "boolean":
        return {True: "t", False: "f"}[value]
    if not isinstance(value, str):
        raise TypeError(f"{kind}: {value!r}")
    if isinstance(value, Number) and kind != "number":
        raise TypeError(f"{kind}: a number")
    return escaped(value)


def refuse(text):
    raise ValueError(f"JSON has no {text}")


def row(columns, line):
    pairs = json.loads(
        line, object_pairs_hook=lambda pairs: [OBJECT, *pairs], parse_int=Number, parse_float=Number, parse_constant=refuse)
    values = dict(pairs[1:])
    if [key for key, _ in pairs[1:]] != [name for name, kind in columns if kind != "json" or name in values]:
        raise ValueError(f"keys: {list(values)}")
    return "\t".join("\\N" if name not in values else field(kind, values[name]) for name, kind in columns)


def main():
    sys.setrecursionlimit(100_000)
    columns = json.loads(sys.argv[1])
    for line in sys.stdin.buffer.read().decode("utf-8").split("\n")[:-1]:
        sys.stdout.buffer.write((row(columns, line) + "\n").encode("utf-8"))


main()

"""What the scripts beside it share: how values and answers are printed, so that engines and PostgreSQL can be compared.

A script is called with a file of JSON: a list of tables of exports (`Engines.Table` in Engines.swift), and prints a list of
answers (`Engines.Answer`). A table that the engine does not read is an answer, too: `refused` says why.
"""

import collections
import datetime
import decimal
import json
import os
import re
import sys
import uuid
from pathlib import Path

# How the slice of rows without a time is named, as Hive names it.
NO_TIME = "__HIVE_DEFAULT_PARTITION__"


def text(value):
    """A value as PostgreSQL prints it in UTC; None stays."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime.datetime):
        zone = ""
        if value.tzinfo is not None:
            value, zone = value.astimezone(datetime.timezone.utc).replace(tzinfo=None), "+00"
        whole, _, fraction = value.isoformat(" ").partition(".")
        fraction = fraction.rstrip("0")
        return whole + ("." + fraction if fraction else "") + zone
    if isinstance(value, float):
        named = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
        return named.get(str(value), str(int(value)) if abs(value) < 1e15 and value.is_integer() else str(value))
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, (bytes, bytearray)):
        return "\\x" + value.hex()
    if isinstance(value, list):
        return "{" + ",".join("NULL" if each is None else element(text(each)) for each in value) + "}"
    return str(value)


def element(value):
    """An element of an array, in quotes where PostgreSQL puts them."""
    if value and value.lower() != "null" and not re.search(r'[\s,{}"\\]', value):
        return value
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'


def uuid_text(value):
    """A UUID that an engine gives as 16 bytes."""
    return str(uuid.UUID(bytes=value)) if isinstance(value, bytes) else value


def partition_column(directory):
    """`month`, where the table lies in directories such as `month=2022-07`."""
    return next(name.partition("=")[0] for name in sorted(os.listdir(directory)) if "=" in name)


def files(table):
    """Of each file the value of the partition column, None for rows without a time, and its path."""
    found = []
    for path in sorted(Path(table["path"]).glob("*=*/part-*")):
        value = path.parent.name.partition("=")[2]
        found.append((None if value == NO_TIME else value, path))
    return found


def types(table):
    """PostgreSQL's type of each column."""
    return {each["name"]: each["type"] for each in table["columns"]}


def one_schema(table):
    """Lists of files of Parquet that have the same types: pairs of the columns that fell back to text, and the files."""
    groups = collections.defaultdict(list)
    for value, path in files(table):
        groups[tuple(table["fallbacks"].get(path.parent.name, []))].append((value, path))
    return list(groups.items())


def all_values(table, rows, converted=None):
    """What an engine says of every value: as text, which columns are only text for it, and which it does not read.

    - rows: dictionaries of Python's values by the name of the column, ordered by `id`.
    - converted: functions that turn a value of a type of PostgreSQL into a better one of Python's, by the type.
    """
    answer = {"values": [], "texts": [], "unread": []}
    shown = {name: (converted or {}).get(postgres, lambda value: value) for name, postgres in types(table).items()}
    for name in shown:
        values = [row[name] for row in rows if row.get(name) is not None]
        if not values:
            answer["unread"].append(name)
        elif all(isinstance(value, str) for value in values):
            answer["texts"].append(name)
    answer["values"] = [[text(shown[name](row.get(name))) for name in shown] for row in rows]
    return answer


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def sql_answer(table, ask, described, quoted=quoted, moment="{}", shown=None, converted=None):
    """The answer of an engine that knows SQL, in which the table is the view `exported`.

    - ask: the rows of a query, as lists of Python's values.
    - described: the engine's names of the types, by column.
    - shown: of some columns an expression that shows their values, by the name.
    - converted: as ``all_values`` takes it.
    - moment: an expression that shows a time, where the engine's own value is not enough.
    """
    partition, time = quoted(partition_column(table["path"])), quoted(table["timeColumn"])
    least, most = moment.format(f"min({time})"), moment.format(f"max({time})")
    rows, minimum, maximum = ask(f"SELECT count(*), {least}, {most} FROM exported")[0]
    slices = ask(f"SELECT {partition}, count(*) FROM exported GROUP BY {partition}")
    answer = {
        "types": described,
        "slices": {name or "": int(n) for name, n in slices},
        "rows": int(rows),
        "minimum": text(minimum),
        "maximum": text(maximum),
        "answers": [[[text(value) for value in row] for row in ask(query)] for query in table["queries"]],
    }
    if table["wantsValues"]:
        names = [name for name in types(table) if name in described]
        shown = shown or {}
        rows = ask(f"SELECT {', '.join(shown.get(name, quoted(name)) for name in names)} FROM exported ORDER BY id")
        answer |= all_values(table, [dict(zip(names, row)) for row in rows], converted)
        answer["texts"] = [name for name in answer["texts"] if name not in shown]
    return answer


def main(answer):
    """Answers each table of the request, and prints one JSON document."""
    with open(sys.argv[1], encoding="utf-8") as request:
        tables = json.load(request)
    answers = []
    for table in tables:
        try:
            answers.append(answer(table))
        except Exception as error:  # what engines throw is not of one kind
            answers.append({"refused": f"{type(error).__name__}: {str(error)[:300]}"})
    json.dump(answers, sys.stdout)

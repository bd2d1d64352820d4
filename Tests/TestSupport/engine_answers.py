"""What the scripts beside it share: how values and answers are printed, so that engines and PostgreSQL can be compared."""

import datetime
import decimal
import json
import os
import re
import sys


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


def partition_column(directory):
    """`month`, where the table lies in directories such as `month=2022-07`."""
    return next(name.partition("=")[0] for name in sorted(os.listdir(directory)) if "=" in name)


def main(answer):
    """Answers each table of the request, which is a file of JSON, and prints one JSON document."""
    with open(sys.argv[1], encoding="utf-8") as request:
        json.dump([answer(table) for table in json.load(request)], sys.stdout)

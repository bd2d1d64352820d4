"""The canonical rows of an export (docs/manifest-format.md), made again from what Spark reads, and their digest.

It runs in the Python of Spark's workers, which needs pyarrow and xxhash, and knows nothing of Spark. A canonical row is what
PostgreSQL's `COPY … TO STDOUT` writes for it, without the newline.
"""

import datetime
import json
import json.decoder
import re
import struct

ESCAPES = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\"}
ESCAPED = str.maketrans(ESCAPES)
MODULUS = 2**128
BOOLEANS = {"true": "t", "false": "f"}
# An element of an array is in quotes if it has one of these (array_out in arrayfuncs.c), or is empty, or reads NULL.
QUOTED = re.compile(r'[\s{},"\\]', re.ASCII)


NUMBER = re.compile(r"-?[0-9][0-9.eE+-]*")
# What begins or ends a nested value, and values that are not nested.
JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|true|false|null|-?[0-9][0-9.eE+-]*')


class Unreadable(Exception):
    """No export writes such a row."""


# Fields


def escaped(text):
    """A text as COPY writes it."""
    return text.translate(ESCAPED)


def field(text):
    return "\\N" if text is None else escaped(text)


# Text files: values are PostgreSQL's text already


def from_csv(kinds):
    """A function from the fields of a row of CSV, None for NULL, to the canonical row."""

    def row(values):
        fields = []
        for value, kind in zip(values, kinds):
            if kind == "boolean" and value is not None:
                value = BOOLEANS.get(value)
                if value is None:
                    raise Unreadable
            fields.append(field(value))
        return "\t".join(fields)

    return row


def from_jsonl(names, kinds):
    """A function from a line of JSON Lines to the canonical row.

    The line is not parsed into numbers: 1.50 would become 1.5. Its keys are in the order of the columns.
    """
    keys = [json_key(name) for name in names]

    def value(line, at, kind):
        """A field, and where what follows it begins."""
        if kind != "json" and line.startswith("null", at):
            return "\\N", at + 4
        if kind == "json":
            end = end_of_json(line, at)
            return line[at:end].replace("\\", "\\\\"), end
        if kind == "boolean":
            word = "true" if line.startswith("true", at) else "false"
            if not line.startswith(word, at):
                raise Unreadable
            return BOOLEANS[word], at + len(word)
        if line.startswith('"', at):
            text, end = json.decoder.scanstring(line, at + 1)
            return escaped(text), end
        found = NUMBER.match(line, at) if kind == "number" else None
        if not found:
            raise Unreadable
        return found[0], found.end()

    def row(line):
        fields, at, first = [], 1, True
        try:
            for key, kind in zip(keys, kinds):
                start = at if first else at + 1
                if not line.startswith(key, start) or not (first or line[at] == ","):
                    if kind != "json":
                        raise Unreadable
                    fields.append("\\N")  # SQL's NULL; `null` is a value of its own
                    continue
                text, at = value(line, start + len(key), kind)
                fields.append(text)
                first = False
        except (ValueError, IndexError) as error:
            raise Unreadable from error
        if line[0] != "{" or line[at:] != "}":
            raise Unreadable
        return "\t".join(fields)

    return row


def json_key(name):
    """A name as the writer of an export has it: control characters without a letter of their own are \\u00xx."""
    return json.dumps(name, ensure_ascii=False) + ":"


def end_of_json(line, at):
    """Where a value of JSON ends that begins there. It may be nested deeper than Python's own reader goes."""
    token, depth = JSON_TOKEN.match(line, at), 0
    while token:
        if token[0] in "{[":
            depth += 1
        elif token[0] in "}]":
            depth -= 1
        if depth == 0:
            return token.end()
        token = JSON_TOKEN.search(line, token.end())
    raise Unreadable


# Parquet: values have types, and PostgreSQL's text is made again


def from_columns(types):
    """A function from the values of a row to the canonical row.

    - types: of each column, as recount.py reads it: Spark's name of the type, or UUID. Times are numbers already: days, or
      microseconds since 1970.
    """
    writers = [writer(kind) for kind in types]

    def row(values):
        return "\t".join("\\N" if value is None else write(value) for value, write in zip(values, writers))

    return row


def writer(kind):
    """A function from a value, not None, to the field of the row."""
    if kind.startswith("ARRAY<"):
        element = text_of(kind.removeprefix("ARRAY<").removesuffix(">"))
        return lambda values: escaped(array(values, element))
    text = text_of(kind)
    return (lambda value: escaped(text(value))) if kind in ("STRING", "BINARY") else text


def text_of(kind):
    """A function from a value of this type to PostgreSQL's text."""
    if kind.startswith("DECIMAL"):
        return lambda value: format(value, "f")
    return {
        "STRING": str,
        "BOOLEAN": lambda value: "t" if value else "f",
        "FLOAT": float_text,
        "DOUBLE": double_text,
        "BINARY": lambda value: "\\x" + value.hex(),
        "UUID": uuid_text,
        "DATE": lambda value: moment_text(value, kind),
        "TIMESTAMP": lambda value: moment_text(value, kind),
        "TIMESTAMP_NTZ": lambda value: moment_text(value, kind),
    }.get(kind, str)


def array(values, text):
    return "{" + ",".join("NULL" if value is None else element(text(value)) for value in values) + "}"


def element(text):
    if text and text.lower() != "null" and not QUOTED.search(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def uuid_text(value):
    digits = value.hex()
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def moment_text(number, kind):
    """A time as PostgreSQL prints it in UTC, from its days or microseconds since 1970."""
    days, micros = (number, 0) if kind == "DATE" else divmod(number, 86_400_000_000)
    # Python's dates end at the year 9999, and begin at 1; years are counted in cycles of 400, which are all alike.
    cycles, day = divmod(days + 719_162, 146_097)  # since 0001-01-01
    date = datetime.date.fromordinal(day + 1)
    year = date.year + 400 * cycles
    text = f"{year if year > 0 else 1 - year:04}-{date.month:02}-{date.day:02}"
    if kind != "DATE":
        seconds, fraction = divmod(micros, 1_000_000)
        text += f" {seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        text += f".{fraction:06}".rstrip("0") if fraction else ""
        text += "+00" if kind == "TIMESTAMP" else ""
    return text if year > 0 else text + " BC"


# Floating-point numbers


def double_text(number):
    """As `d2s.c` prints it: the fewest digits that are read as the same number."""
    return special(number) or plain(shortest(repr(number), number, 1e15, 53, 1074, float), number < 0, 15)


def float_text(number):
    """As `f2s.c` prints it."""
    return special(number) or plain(shortest(single(number), number, 4e6, 24, 149, nearest_single), number < 0, 6)


def special(number):
    if number != number:
        return "NaN"
    if number in (float("inf"), float("-inf")):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "-0" if str(number).startswith("-") else "0"
    return None


def nearest_single(text):
    return struct.unpack("f", struct.pack("f", float(text)))[0]


def single(number):
    """The fewest digits that are read as the same number of 32 bits, and the nearest of these to it."""
    for count in range(9):
        text = f"{number:.{count}e}"
        if nearest_single(text) == number:
            break
        # Below a power of two numbers are twice as close: the nearest text may be another number's, and the next one its own.
        mantissa, power = int(text[: text.index("e")].replace(".", "")), int(text[text.index("e") + 1 :]) - count
        beside = [f"{mantissa + step}e{power}" for step in (1, -1)]
        found = next((each for each in beside if nearest_single(each) == number), None)
        if found:
            return found
    return text


def shortest(text, number, limit, bits, least, read):
    """The digits of a number, and the power of ten that they are multiplied by.

    A text that is exactly halfway between two numbers is read as one of them by rounding to even. PostgreSQL does not count on
    that, and prints one digit more. No number below the limit has such a text.
    """
    if abs(number) >= limit:
        digits = len(digits_of(text)[0])
        while is_halfway(text, number, bits, least) or read(text) != number:
            digits += 1
            text = f"{number:.{digits - 1}e}"
    return digits_of(text)


def is_halfway(text, number, bits, least):
    from fractions import Fraction  # only a few numbers need it

    exact, decimal = Fraction(abs(number)), abs(Fraction(text))
    exponent = max(exact.numerator.bit_length() - exact.denominator.bit_length() - bits, -least)
    while exact / Fraction(2) ** exponent >= 2**bits:
        exponent += 1
    while exponent > -least and exact / Fraction(2) ** exponent < 2 ** (bits - 1):
        exponent -= 1
    step = Fraction(2) ** exponent
    below = step / 2 if exact == step * 2 ** (bits - 1) else step
    return decimal in (exact + step / 2, exact - below / 2)


def digits_of(text):
    mantissa, _, power = text.lstrip("-").partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    stripped = digits.rstrip("0")
    return stripped, int(power or 0) - len(fraction) + len(digits) - len(stripped)


def plain(number, is_negative, fixed_below):
    """Digits with a point, or with an exponent where that is below -4 or at least `fixed_below`."""
    digits, power = number
    exponent = power + len(digits) - 1
    if not -4 <= exponent < fixed_below:
        text = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
        text += f"e{'-' if exponent < 0 else '+'}{abs(exponent):02}"
    elif exponent < 0:
        text = "0." + "0" * (-exponent - 1) + digits
    elif power >= 0:
        text = digits + "0" * power
    else:
        text = digits[: exponent + 1] + "." + digits[exponent + 1 :]
    return "-" + text if is_negative else text


# Digest


def digest(batches, layout, names, kinds, types):
    """The digest of the rows in batches of Arrow: their number, bytes, and the sum of their hashes, in a batch of one row.

    A batch has the columns of the table; in the layouts `jsonl` and `copy` it has the lines of the file.

    - kinds: of each column, as the manifest has it.
    - types: in Parquet, of each column, as ``from_columns`` takes it.
    """
    import pyarrow as pa  # the driver needs neither
    import xxhash

    of_line = {"copy": lambda line: line, "jsonl": from_jsonl(names, kinds)}.get(layout)
    of_values = from_columns(types) if layout == "parquet" else from_csv(kinds)
    rows = size = total = unreadable = 0
    for batch in batches:
        columns = [column.to_pylist() for column in batch.columns]
        for values in columns[0] if of_line else zip(*columns):
            rows += 1
            try:
                text = (of_line or of_values)(values).encode()
            except (Unreadable, ValueError):
                unreadable += 1
                continue
            size += len(text) + 1
            total += xxhash.xxh3_128_intdigest(text)
    yield pa.RecordBatch.from_pydict({
        "rows": [rows],
        "bytes": [size],
        "hash": [f"{total % MODULUS:032x}"],
        "unreadable": [unreadable],
    })


def sum_of(digests):
    """The digest of all rows, from those of their parts: (rows, bytes, hash, unreadable)."""
    total = sum(int(each["hash"], 16) for each in digests) % MODULUS
    return (
        sum(each["rows"] for each in digests),
        sum(each["bytes"] for each in digests),
        f"{total:032x}",
        sum(each["unreadable"] for each in digests),
    )

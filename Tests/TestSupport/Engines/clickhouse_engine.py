"""Reads tables of an export with ClickHouse (chdb), as runbooks/cold-storage.md says; engine_answers.py has what goes in and out."""

import datetime

import pyarrow as pa
from chdb import session
from engine_answers import main, sql_answer, types, uuid_text

FORMATS = {"csv": "CSVWithNames", "jsonl": "JSONEachRow", "copy": "TabSeparated", "parquet": "Parquet"}
SUFFIX = {"csv": "csv.zst", "jsonl": "jsonl.zst", "copy": "copy.zst", "parquet": "parquet"}
TYPES = {
    "smallint": "Int16",
    "integer": "Int32",
    "bigint": "Int64",
    "boolean": "Bool",
    "real": "Float32",
    "double precision": "Float64",
    "date": "Date32",
    "timestamp with time zone": "DateTime64(6, 'UTC')",
    "timestamp without time zone": "DateTime64(6, 'UTC')",
    "uuid": "UUID",
}


def literal(value):
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def quoted(name):
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def type_of(table, name):
    postgres = types(table)[name]
    # Infinite times become NULL where the type is given, and no slice of Parquet has anything but text if all fell back.
    fell_back = [name in each for each in table["fallbacks"].values()]
    if all(fell_back) or (any(fell_back) and table["layout"] != "parquet"):
        return "Nullable(String)"
    array = postgres.endswith("[]")
    element = postgres.removesuffix("[]")
    kind = element.replace("numeric", "Decimal") if element.startswith("numeric(") else TYPES.get(element, "String")
    if array:
        return f"Array(Nullable({kind}))" if table["layout"] == "parquet" else "Nullable(String)"
    return f"Nullable({kind})"


def source(table):
    """What stands behind FROM: `file` with the types given, because it guesses some of them wrong.

    That of `month`, too: it guesses that from the first directory it lists, and `-infinity` is a number for it.
    """
    columns = ", ".join([f"{quoted(name)} {type_of(table, name)}" for name in types(table)] + ["month String"])
    layout = table["layout"]
    path = f"{table['path']}/**/*.{SUFFIX[layout]}"
    return f"file({literal(path)}, {FORMATS[layout]}, {literal(columns)})"


server = session.Session()
for setting in (
    "session_timezone = 'UTC'",
    "date_time_input_format = 'best_effort'",
    "input_format_json_read_objects_as_strings = 1",
    "output_format_arrow_string_as_string = 0",
):
    server.query(f"SET {setting}")


def answer(table):
    server.query("DROP VIEW IF EXISTS default.exported")
    server.query(f"CREATE VIEW default.exported AS SELECT * FROM {source(table)}")
    raw = [name for name, postgres in types(table).items() if postgres in ("bytea", "uuid")]

    def ask(sql):
        answer = server.query(sql.replace(" exported", " default.exported"), "ArrowStream").bytes()
        if not answer:
            return []
        rows = pa.ipc.open_stream(answer).read_all().to_pylist()
        return [[value if name in raw else decoded(value) for name, value in row.items()] for row in rows]

    described = dict(line.split("\t")[:2] for line in str(server.query("DESCRIBE default.exported", "TSV")).splitlines())
    return sql_answer(table, ask, described, quoted=quoted, converted=CONVERTED)


def decoded(value):
    """Its strings have bytes, of which only those of `bytea` are no text."""
    if isinstance(value, list):
        return [decoded(each) for each in value]
    return value.decode() if isinstance(value, bytes) else value


def raw_text(value):
    """In text files, `bytea` is PostgreSQL's text."""
    return value.decode() if value is not None and value.startswith(b"\\x") else value


def local(value):
    """It has no times without a time zone: they are those of the column's time zone, which is UTC here."""
    return value.replace(tzinfo=None) if isinstance(value, datetime.datetime) else value


CONVERTED = {"uuid": uuid_text, "bytea": raw_text, "timestamp without time zone": local}

main(answer)

"""Reads tables of an export with DuckDB, as runbooks/cold-storage.md says; engine_answers.py has what goes in and out."""

import duckdb
from engine_answers import main, quoted, sql_answer, types

SUFFIX = {"csv": "csv.zst", "jsonl": "jsonl.zst", "parquet": "parquet"}


def type_of(postgres, layout="parquet"):
    """The type of a column whose type in PostgreSQL is known."""
    if postgres == "json" and layout == "jsonl":
        return "VARCHAR"  # a string there, with the document's text
    same = ["smallint", "integer", "bigint", "real", "double precision", "boolean", "date", "uuid"]
    if postgres in same or (postgres.startswith("numeric(") and not postgres.endswith("]")):
        return postgres
    return {
        "timestamp with time zone": "TIMESTAMPTZ",
        "timestamp without time zone": "TIMESTAMP",
        "json": "JSON",
        "jsonb": "JSON",
    }.get(postgres, "VARCHAR")


def literal(value):
    return "'" + value.replace("'", "''") + "'"


def source(table):
    """What stands behind FROM. In Parquet the files say their types, and a column may be text in some of them."""
    options = ["hive_partitioning = true"]
    if table["layout"] == "parquet":
        options.append("union_by_name = true")
    if table["layout"] == "csv":
        options.append("allow_quoted_nulls = false")
    columns = table.get("columns")
    if columns and table["layout"] != "parquet":
        types = ", ".join(f"{literal(each['name'])}: {literal(type_of(each['type'], table['layout']))}" for each in columns)
        options.append(f"columns = {{{types}}}")
        if table["layout"] == "csv":
            options.append("""header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = ''""")
    read = {"csv": "read_csv", "jsonl": "read_json", "parquet": "read_parquet"}[table["layout"]]
    return f"{read}({literal(table['path'] + '/**/*.' + SUFFIX[table['layout']])}, {', '.join(options)})"


def answer(table):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    time = quoted(table["timeColumn"])
    values = "*"
    if table["layout"] == "parquet" and table.get("columns"):
        # A slice in which the time column fell back makes it text in all that are read with it.
        values = f"* REPLACE ({time}::{type_of(types(table)[table['timeColumn']])} AS {time})"
    connection.execute(f"CREATE VIEW exported AS SELECT {values} FROM {source(table)}")
    described = {name: kind for name, kind, *_ in connection.execute("DESCRIBE exported").fetchall()}
    # In Python, DuckDB's infinite times are in the years 1 and 9999; its own text says what they are.
    shown = {name: f"{quoted(name)}::VARCHAR" for name, kind in described.items() if kind.startswith("TIMESTAMP")}
    ask = lambda sql: connection.execute(sql).fetchall()  # noqa: E731
    return sql_answer(table, ask, described, moment="{}::VARCHAR", shown=shown)


main(answer)

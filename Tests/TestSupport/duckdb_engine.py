"""Reads tables of an export with DuckDB, as runbooks/cold-storage.md says; engine_answers.py has what goes in and out."""

import duckdb
from engine_answers import main, partition_column, text

SUFFIX = {"csv": "csv.zst", "jsonl": "jsonl.zst", "parquet": "parquet"}


def type_of(postgres):
    """The type of a column whose type in PostgreSQL is known."""
    same = ["smallint", "integer", "bigint", "real", "double precision", "boolean", "date", "uuid"]
    if postgres in same or postgres.startswith("numeric("):
        return postgres
    return {
        "timestamp with time zone": "TIMESTAMPTZ",
        "timestamp without time zone": "TIMESTAMP",
        "json": "JSON",
        "jsonb": "JSON",
    }.get(postgres, "VARCHAR")


def literal(value):
    return "'" + value.replace("'", "''") + "'"


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def source(table):
    """What stands behind FROM. In Parquet the files say their types, and a column may be text in some of them."""
    options = ["hive_partitioning = true"]
    if table["layout"] == "parquet":
        options.append("union_by_name = true")
    if table["layout"] == "csv":
        options.append("allow_quoted_nulls = false")
    columns = table.get("columns")
    if columns and table["layout"] != "parquet":
        types = ", ".join(f"{literal(each['name'])}: {literal(type_of(each['type']))}" for each in columns)
        options.append(f"columns = {{{types}}}")
        if table["layout"] == "csv":
            options.append("""header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = ''""")
    read = {"csv": "read_csv", "jsonl": "read_json", "parquet": "read_parquet"}[table["layout"]]
    return f"{read}({literal(table['path'] + '/**/*.' + SUFFIX[table['layout']])}, {', '.join(options)})"


def answer(table):
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    partition, time = quoted(partition_column(table["path"])), quoted(table["timeColumn"])
    values = "*"
    if table["layout"] == "parquet" and table.get("columns"):
        # A slice in which the time column fell back makes it text in all that are read with it.
        types = {each["name"]: type_of(each["type"]) for each in table["columns"]}
        values = f"* REPLACE ({time}::{types[table['timeColumn']]} AS {time})"
    connection.execute(f"CREATE VIEW exported AS SELECT {values} FROM {source(table)}")

    def ask(sql):
        return [[text(value) for value in row] for row in connection.execute(sql).fetchall()]

    rows, minimum, maximum = ask(f"SELECT count(*), min({time})::VARCHAR, max({time})::VARCHAR FROM exported")[0]
    return {
        "types": {name: kind for name, kind, *_ in connection.execute("DESCRIBE exported").fetchall()},
        "slices": {name or "": int(n) for name, n in ask(f"SELECT {partition}, count(*) FROM exported GROUP BY 1")},
        "rows": int(rows),
        "minimum": minimum,
        "maximum": maximum,
        "answers": [ask(query) for query in table["queries"]],
    }


main(answer)

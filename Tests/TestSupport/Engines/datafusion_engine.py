"""Reads tables of an export with DataFusion, as runbooks/cold-storage.md says; engine_answers.py has what goes in and out."""

from pathlib import Path

import pyarrow as pa
from datafusion import CsvReadOptions, SessionContext
from engine_answers import main, one_schema, quoted, sql_answer, types, uuid_text

TYPES = {
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "real": pa.float32(),
    "double precision": pa.float64(),
    "date": pa.date32(),
    "timestamp with time zone": pa.timestamp("us", "UTC"),
    "timestamp without time zone": pa.timestamp("us"),
}
MONTH = [("month", pa.string())]


def schema(table):
    """The types of the columns of text files."""
    fields = []
    for name, postgres in types(table).items():
        kind = TYPES.get(postgres, pa.string())
        if "timestamp" in postgres and any(name in each for each in table["fallbacks"].values()):
            kind = pa.string()  # it has infinite times, which DataFusion does not know
        if postgres.startswith("numeric(") and not postgres.endswith("]"):
            kind = pa.decimal128(*map(int, postgres.removeprefix("numeric(").removesuffix(")").split(",")))
        if table["layout"] == "jsonl" and postgres in ("jsonb", "numeric"):
            continue  # an object, an array, a number or a string: no type holds every value
        fields.append((name, kind))
    return pa.schema(fields)


def register(context, table):
    """Makes the view `exported`."""
    if table["layout"] == "csv":
        options = CsvReadOptions(
            schema=schema(table), newlines_in_values=True, file_extension=".csv.zst", file_compression_type="zstd",
            table_partition_cols=MONTH)
        context.register_csv("files", table["path"], options=options)
        return context.sql("CREATE VIEW exported AS SELECT * FROM files")
    if table["layout"] == "jsonl":
        context.register_json(
            "files", table["path"], schema=schema(table), file_extension=".jsonl.zst", file_compression_type="zstd",
            table_partition_cols=MONTH)
        return context.sql("CREATE VIEW exported AS SELECT * FROM files")
    # Slices of the same types are a table; where times are text, infinity becomes NULL and the rest is cast.
    selections, time = [], quoted(table["timeColumn"])
    for number, (lacking, found) in enumerate(one_schema(table)):
        for at, (value, path) in enumerate(found):
            name = f"files_{number}_{at}"
            context.register_parquet(name, str(Path(path).parent))
            columns = [
                f"CASE WHEN {time} LIKE '%infinity' THEN NULL ELSE {time} END::TIMESTAMP AS {time}"
                if each == table["timeColumn"] and each in lacking
                else quoted(each)
                for each in types(table)
            ]
            month = "NULL" if value is None else f"'{value}'"
            selections.append(f"SELECT {', '.join(columns)}, {month} AS month FROM {name}")
    return context.sql("CREATE VIEW exported AS " + " UNION ALL ".join(selections))


def answer(table):
    context = SessionContext()
    context.sql("SET datafusion.execution.time_zone = 'UTC'")
    register(context, table)

    def ask(sql):
        return [list(row.values()) for row in context.sql(sql).to_pylist()]

    described = {field.name: str(field.type) for field in context.sql("SELECT * FROM exported").schema()}
    return sql_answer(table, ask, described, converted={"uuid": uuid_text})


main(answer)

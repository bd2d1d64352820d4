"""Reads tables of an export with Polars, as runbooks/cold-storage.md says; engine_answers.py has what goes in and out."""

import polars as pl
from engine_answers import files, main, one_schema, quoted, sql_answer, types, uuid_text

TYPES = {
    "smallint": pl.Int16,
    "integer": pl.Int32,
    "bigint": pl.Int64,
    "boolean": pl.Boolean,
    "date": pl.Date,
    "timestamp with time zone": pl.Datetime("us", "UTC"),
    "timestamp without time zone": pl.Datetime("us"),
}
CSV_TYPES = {"real": pl.Float32, "double precision": pl.Float64}
# Its reader of JSON Lines has no smaller integers, and no numbers that are strings, as NaN is.
JSON_TYPES = {"smallint": pl.Int32}
JSON_CASTS = {"real": pl.Float32, "double precision": pl.Float64}


def decimal(postgres):
    if postgres.startswith("numeric(") and not postgres.endswith("]"):
        return pl.Decimal(*map(int, postgres.removeprefix("numeric(").removesuffix(")").split(",")))
    return None


def type_of(table, name):
    postgres = types(table)[name]
    if "timestamp" in postgres and any(name in each for each in table["fallbacks"].values()):
        return pl.String  # it has infinite times, which Polars does not know
    if table["layout"] == "jsonl":
        return (TYPES | JSON_TYPES).get(postgres, pl.String)
    return decimal(postgres) or (TYPES | CSV_TYPES).get(postgres, pl.String)


def parquet(table):
    """Slices of the same types are read at once; where times are text, infinity becomes NULL and the rest is cast."""
    time, pieces = table["timeColumn"], []
    for lacking, found in one_schema(table):
        rows = pl.scan_parquet([path for _, path in found], hive_partitioning=True, hive_schema={"month": pl.String})
        if time in lacking:
            rows = rows.with_columns(pl.col(time).str.to_datetime("%Y-%m-%d %H:%M:%S%.f%#z", strict=False, time_unit="us", time_zone="UTC"))
        pieces.append(rows)
    return pl.concat(pieces)


def text(table):
    """CSV and JSON Lines have no partition column here, so each slice is read for itself."""
    schema, pieces = {name: type_of(table, name) for name in types(table)}, []
    for value, path in files(table):
        if table["layout"] == "csv":
            rows = pl.scan_csv(path, schema=schema)
        else:
            rows = pl.scan_ndjson(path, schema=schema)
            casts = {name: decimal(of) or JSON_CASTS.get(of) for name, of in types(table).items()}
            rows = rows.with_columns(pl.col(name).cast(kind, strict=False) for name, kind in casts.items() if kind)
        pieces.append(rows.with_columns(month=pl.lit(value, pl.String)))
    return pl.concat(pieces)


def answer(table):
    rows = parquet(table) if table["layout"] == "parquet" else text(table)
    context = pl.SQLContext(exported=rows, eager=True)

    def ask(sql):
        return context.execute(sql).rows()

    described = {name: str(kind) for name, kind in rows.collect_schema().items()}
    converted = {"uuid": uuid_text, "json": decoded, "jsonb": decoded}
    return sql_answer(table, ask, described, converted=converted) | {"isByFile": table["layout"] != "parquet"}


def decoded(value):
    """JSON in Parquet is bytes for Polars."""
    return value.decode() if isinstance(value, bytes) else value


main(answer)

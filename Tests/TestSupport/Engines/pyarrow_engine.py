"""Reads tables of an export with pyarrow, as runbooks/cold-storage.md says; engine_answers.py has what goes in and out."""

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.dataset
import pyarrow.json
from arrow_answers import arrow_answer, later_than
from engine_answers import files, main, one_schema, types, uuid_text

ZONED = pa.timestamp("us", "UTC")
TYPES = {
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "boolean": pa.bool_(),
    "timestamp with time zone": ZONED,
    "timestamp without time zone": pa.timestamp("us"),
}
# In JSON Lines these are refused: infinite numbers are strings there, and a string is no date.
CSV_TYPES = {"real": pa.float32(), "double precision": pa.float64(), "date": pa.date32()}


def type_of(table, name):
    postgres = types(table)[name]
    if "timestamp" in postgres and any(name in each for each in table["fallbacks"].values()):
        return pa.string()  # it has infinite times, which Arrow does not know
    if postgres.startswith("numeric(") and not postgres.endswith("]"):
        return pa.decimal128(*map(int, postgres.removeprefix("numeric(").removesuffix(")").split(",")))
    return (TYPES if table["layout"] == "jsonl" else TYPES | CSV_TYPES).get(postgres, pa.string())


def with_month(rows, value):
    return rows.append_column("month", pa.array([value] * rows.num_rows, pa.string()))


def csv(table, path):
    return pyarrow.csv.read_csv(
        path,
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            column_types={name: type_of(table, name) for name in types(table)},
        ),
    )


def jsonl(table, path):
    # `jsonb` is nested, and a numeric without a scale is a number or a string: no type of Arrow is both, so they are left out.
    names = [name for name, postgres in types(table).items() if postgres not in UNREAD]
    schema = pa.schema([(name, type_of(table, name)) for name in names])
    options = pyarrow.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")
    return pyarrow.json.read_json(path, parse_options=options).select(names)


UNREAD = ("jsonb", "numeric", "real", "double precision", "date")


def parquet(table):
    """Slices of the same types are read at once; where times are text, infinity becomes NULL and the rest is cast."""
    pieces = []
    for lacking, found in one_schema(table):
        rows = pyarrow.dataset.dataset(
            [str(path) for _, path in found], partitioning="hive", partition_base_dir=table["path"]
        ).to_table()
        if table["timeColumn"] in lacking:
            at = rows.column_names.index(table["timeColumn"])
            time = rows[at]
            finite = pc.if_else(pc.match_substring(time, "infinity"), None, time)
            rows = rows.set_column(at, table["timeColumn"], finite.cast(ZONED))
        pieces.append(rows)
    # The slice whose partition column is NULL may be alone in its group.
    return pa.concat_tables(pieces, promote_options="permissive")


def answer(table):
    if table["layout"] == "parquet":
        rows = parquet(table)
    else:
        read = {"csv": csv, "jsonl": jsonl}[table["layout"]]
        rows = pa.concat_tables([with_month(read(table, path), value) for value, path in files(table)])
    answer = arrow_answer(
        table, rows, lambda all_rows: all_rows.filter(pc.field("sent") >= later_than(all_rows)), {"uuid": uuid_text}
    )
    return answer | {"isByFile": table["layout"] != "parquet"}


main(answer)

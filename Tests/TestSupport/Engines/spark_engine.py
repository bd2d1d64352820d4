"""Reads tables of an export with Spark, as runbooks/cold-storage.md says; engine_answers.py has what goes in and out."""

import datetime
import functools
import sys
from pathlib import Path

from engine_answers import main, sql_answer
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import TimestampType

sys.path.insert(0, str(Path(__file__).parents[3] / "config/spark"))

from recount import parquet_type  # noqa: E402

CSV = {"header": True, "multiLine": True, "escape": '"', "nullValue": "\0"}

spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.sql.session.timeZone", "UTC")
    # For a job of one machine and of seconds: no page to watch it, no network, no 200 partitions.
    .config("spark.ui.enabled", False)
    .config("spark.ui.showConsoleProgress", False)
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.sql.shuffle.partitions", 2)
    .config("spark.log.level", "ERROR")
    .getOrCreate()
)


def type_of(postgres):
    """The type of a column whose type in PostgreSQL is known."""
    if postgres.startswith("numeric(") and not postgres.endswith("]"):
        return postgres.replace("numeric", "DECIMAL")
    return {
        "smallint": "SMALLINT",
        "integer": "INT",
        "bigint": "BIGINT",
        "real": "FLOAT",
        "double precision": "DOUBLE",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "timestamp with time zone": "TIMESTAMP",
        "timestamp without time zone": "TIMESTAMP_NTZ",
    }.get(postgres, "STRING")


def quoted(name):
    return "`" + name.replace("`", "``") + "`"


def parquet(table):
    """Slices of one schema are read at once. Where a column is text in some slices, its text is cast."""
    columns, path = table.get("columns"), table["path"]
    if not columns:
        return spark.read.parquet(path)
    by_schema = {}
    for slice_path in sorted(Path(path).iterdir()):
        part = {"fallbacks": [{"column": name} for name in table["fallbacks"].get(slice_path.name, [])]}
        types = [f"{quoted(each['name'])} {parquet_type({'columns': columns}, part, each['name'])}" for each in columns]
        by_schema.setdefault(", ".join(types), []).append(str(slice_path))
    frames = [
        spark.read.option("basePath", path).schema(schema).parquet(*paths) for schema, paths in by_schema.items()
    ]
    wanted = dict(frames[-1].dtypes)

    def cast(frame):
        texts = [name for name, kind in frame.dtypes if kind == "string" and wanted[name] != "string"]
        return frame.withColumns({name: F.col(quoted(name)).try_cast(wanted[name]) for name in texts})

    rows = functools.reduce(lambda one, other: one.unionByName(other), map(cast, frames))
    # Spark has no UUIDs, and reads their bytes.
    uuids = [each["name"] for each in columns if each["type"] == "uuid"]
    groups, hyphens = "(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5"
    return rows.withColumns(
        {name: F.regexp_replace(F.lower(F.hex(F.col(quoted(name)))), groups, hyphens) for name in uuids}
    )


def read(table):
    reader = spark.read
    columns = table.get("columns")
    if table["layout"] == "parquet":
        return parquet(table)
    if columns:
        reader = reader.schema(", ".join(f"{quoted(each['name'])} {type_of(each['type'])}" for each in columns))
    if table["layout"] == "csv":
        return reader.options(**CSV, inferSchema=not columns).csv(table["path"])
    return reader.json(table["path"])


def answer(table):
    read(table).createOrReplaceTempView("exported")

    def ask(sql):
        frame = spark.sql(sql)
        zoned = [isinstance(field.dataType, TimestampType) for field in frame.schema]
        return [[moment(value, each) for value, each in zip(row, zoned)] for row in frame.collect()]

    return sql_answer(table, ask, dict(spark.table("exported").dtypes), quoted=quoted)


def moment(value, zoned):
    """PySpark gives moments in this process's time zone (it is started with TZ=UTC), and does not say so."""
    return value.replace(tzinfo=datetime.timezone.utc) if zoned and value is not None else value


main(answer)
spark.stop()

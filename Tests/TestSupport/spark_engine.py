"""Reads tables of an export with Spark, as runbooks/cold-storage.md says; engine_answers.py has what goes in and out."""

import datetime

from engine_answers import main, partition_column, text
from pyspark.sql import SparkSession
from pyspark.sql.types import TimestampType

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
    if postgres.startswith("numeric("):
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


def read(table):
    reader = spark.read
    columns = table.get("columns")
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
        return [[shown(value, each) for value, each in zip(row, zoned)] for row in frame.collect()]

    partition, time = quoted(partition_column(table["path"])), quoted(table["timeColumn"])
    rows, minimum, maximum = ask(f"SELECT count(*), min({time}), max({time}) FROM exported")[0]
    slices = ask(f"SELECT {partition}, count(*) FROM exported GROUP BY 1")
    return {
        "types": dict(spark.table("exported").dtypes),
        "slices": {name or "": int(n) for name, n in slices},
        "rows": int(rows),
        "minimum": minimum,
        "maximum": maximum,
        "answers": [ask(query) for query in table["queries"]],
    }


def shown(value, zoned):
    """PySpark gives moments in this process's time zone (it is started with TZ=UTC), and does not say so."""
    return text(value.replace(tzinfo=datetime.timezone.utc) if zoned and value is not None else value)


main(answer)
spark.stop()

"""Takes the digest of an export of `pgassay export` again on a Spark cluster, and compares each slice with the signed manifest.

    spark-submit recount.py EXPORT --public-key public-key.pem [--slice conversations/month=2022-07]…

For each slice it compares the files and their sizes, the number of rows, the smallest and the largest value of the time
column, and the digest of all rows. If the digest differs, or with --counts-only, which takes none, it counts the distinct
primary keys. It trusts nothing in the manifest before it has verified the signature. It prints one line for each slice. Times
are the only values of rows that it prints.

Exit codes: 0 every slice is as the manifest says; 1 one differs or cannot be read; 2 the call, the manifest or its
signature is wrong, and nothing was counted; 3 Spark could not tell. README.md in this directory says how to run it.
"""

import argparse
import concurrent.futures
import datetime
import re
import sys
import traceback
from pathlib import Path

from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import Observation, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import canonical_rows  # noqa: E402
from export_manifest import MANIFEST, Refusal, checked_key, verified_manifest  # noqa: E402

LAYOUTS = ("csv", "jsonl", "copy", "parquet")
# The column in which Spark keeps a row that it cannot parse: a name that no column of a table will have.
UNREADABLE = "(pgassay: a row that cannot be read)"
# What is wrong, by words in Spark's errors. The texts of those errors are not shown, because some quote rows.
REASONS = {
    "CSV header does not conform": "its header does not name the columns of the manifest",
    "Number of column in CSV header": "its header does not have the columns of the manifest",
    "Truncated source": "it is cut off",
    "ZstdIOException": "its compressed data is damaged",
    "FileNotFoundException": "it is missing",
    "is not a Parquet file": "it is cut off, or is no Parquet",
    "CANNOT_READ_FILE_FOOTER": "its footer is damaged",
    "PARQUET_COLUMN_DATA_TYPE_MISMATCH": "a column has another type than the manifest says",
    "CANNOT_MERGE_SCHEMAS": "its files have different columns",
    "could not verify page integrity": "a page has another checksum than was stored with it",
    "FAILED_READ_FILE": "it is damaged",
}
# The types of columns in Parquet, by those of PostgreSQL; in every other layout, and for every other type, a value is its text.
PARQUET_TYPES = {
    "boolean": "BOOLEAN",
    "smallint": "SMALLINT",
    "integer": "INT",
    "bigint": "BIGINT",
    "real": "FLOAT",
    "double precision": "DOUBLE",
    "date": "DATE",
    "uuid": "BINARY",  # Spark has no such type, and refuses to guess one
    "bytea": "BINARY",
}


# Slices


def slices_to_count(manifest, names):
    """Pairs of a table and one of its slices: all slices of the manifest, or those that were named."""
    every = [(table, part) for table in manifest["tables"] for part in table["slices"]]
    if not every:
        raise Refusal("the manifest has no slices, so there is nothing to count")
    if not names:
        return every
    unknown = set(names) - {part["directory"] for _, part in every}
    if unknown:
        raise Refusal(f"the manifest has no slice {', '.join(sorted(unknown))}")
    return [(table, part) for table, part in every if part["directory"] in names]


# Rows


def column(name):
    """A column by its name, which may have any characters."""
    return F.col("`" + name.replace("`", "``") + "`")


def lines_of(spark, path):
    """The lines of text files, in a column `value`."""
    return spark.read.option("lineSep", "\n").text(path)


def rows_of(spark, layout, path, names):
    """The rows of a slice: every column as the text that is in the file; UNREADABLE is set if a row cannot be parsed.

    The schema is given and not guessed: Spark would guess it from some rows, and read the others wrong.
    """
    strings = StructType([StructField(name, StringType()) for name in [*names, UNREADABLE]])
    reader = spark.read.option("mode", "PERMISSIVE").option("columnNameOfCorruptRecord", UNREADABLE)
    if layout == "csv":
        return (
            reader.schema(strings)
            .option("header", True)
            .option("enforceSchema", False)  # the header must name the columns
            .option("multiLine", True)  # a quoted text may hold line ends
            .option("lineSep", "\n")
            .option("escape", '"')  # and not a backslash, which is Spark's own default
            .option("nullValue", "\0")  # no text can hold it; so "" is an empty text, and an empty field is NULL
            .option("columnPruning", False)  # with pruning, rows that are too short would not be noticed
            .csv(path)
        )
    if layout == "jsonl":
        return reader.schema(strings).option("lineSep", "\n").json(path)
    # PostgreSQL's text format: one line for each row, tabs between fields; both are escaped in values.
    fields = F.split(F.col("value"), "\t")
    return lines_of(spark, path).select(
        *[F.when(F.get(fields, at) != "\\N", F.get(fields, at)).alias(name) for at, name in enumerate(names)],
        F.when(F.size(fields) != len(names), F.lit("")).alias(UNREADABLE),
    )


def parquet_type(shape, part, name):
    """The type by which Spark reads a column of a slice in Parquet."""
    if any(each["column"] == name for each in part.get("fallbacks", [])):
        return "STRING"
    of = next(each for each in shape["columns"] if each["name"] == name)
    postgres = of.get("base", of["type"])
    if postgres.endswith("[][]"):
        return "STRING"
    element = postgres.removesuffix("[]")
    zone = re.fullmatch(r"timestamp(?:\(\d\))? (with|without) time zone", element)
    if zone:
        spark_type = "TIMESTAMP" if zone[1] == "with" else "TIMESTAMP_NTZ"
    elif element.startswith("numeric("):
        spark_type = element.replace("numeric", "DECIMAL")
    else:
        spark_type = PARQUET_TYPES.get(element, "STRING")
    return f"ARRAY<{spark_type}>" if postgres.endswith("[]") else spark_type


def parquet_rows(spark, path, shape, part):
    """The rows of a slice in Parquet, and the types of the columns; the file says what a row is."""
    types = {each["name"]: parquet_type(shape, part, each["name"]) for each in shape["columns"]}
    schema = ", ".join("`" + name.replace("`", "``") + "` " + kind for name, kind in types.items())
    reader = spark.read.schema(schema).option("parquet.page.verify-checksum.enabled", "true")
    # Spark 2 wrote old times otherwise; no file of an export is one of its.
    rows = reader.option("datetimeRebaseMode", "CORRECTED").parquet(path)
    return rows.withColumn(UNREADABLE, F.lit(None).cast("string")), types


def is_uuid(column):
    return column.get("base", column["type"]).removesuffix("[]") == "uuid"


def without_times(name, kind):
    """A column of Parquet as `canonical_rows` takes it: times as numbers, because Python's own end at the year 9999."""

    def number(value, of):
        if of == "DATE":
            return F.unix_date(value)
        return F.unix_micros(value.cast("timestamp")) if of.startswith("TIMESTAMP") else value

    if kind.startswith("ARRAY<"):
        return F.transform(column(name), lambda value: number(value, kind[6:-1])).alias(name)
    return number(column(name), kind).alias(name)


def parquet_moment(name, kind):
    """A time of a column of this type as ``moment`` has it, or as a number that ``canonical_rows`` turns into text."""
    if kind == "STRING":
        return moment(name)
    return F.unix_date(column(name)) if kind == "DATE" else F.unix_micros(column(name).cast("timestamp"))


def moment(name):
    """A time as PostgreSQL prints it in UTC, with its year in front, by which it is ordered.

    It is not cast to a timestamp: Spark knows no infinity and no year BC. In one year, text sorts as time does.
    """
    text = column(name)
    year = (
        F.when(text == "-infinity", F.lit(-(2**31)))
        .when(text == "infinity", F.lit(2**31 - 1))
        .when(text.endswith(" BC"), -F.substring_index(text, "-", 1).try_cast("int"))
        .otherwise(F.substring_index(text, "-", 1).try_cast("int"))
    )
    return F.when(text.isNotNull(), F.struct(year.alias("year"), text.alias("text")))


def shown(moment, kind):
    """A time that may be printed. If rows are damaged, the value may not be a time: then it is not printed."""
    if moment is None:
        return None
    if kind != "STRING":
        return canonical_rows.moment_text(moment, kind)
    return moment["text"] if re.fullmatch(r"-?infinity|\d{4,}-\d\d-\d\d[\d:.+ ]*( BC)?", moment["text"]) else "no time"


def pattern(path):
    """A path as Spark takes it, for which these characters make a pattern."""
    return re.sub(r"([\\\[\]{}*?])", r"\\\1", path)


def compared_files(spark, path, part):
    """Which files are missing, are too many or have another size, as a list of (name, expected, found)."""
    found = spark.read.format("binaryFile").load(pattern(path)).select("path", "length").collect()
    found = {each["path"].rpartition("/")[2]: each["length"] for each in found}
    expected = {each["file"].rpartition("/")[2]: each["bytes"] for each in part["parts"]}
    return [
        (name, f"{expected[name]} bytes" if name in expected else None, f"{found[name]} bytes" if name in found else None)
        for name in sorted(expected.keys() | found.keys())
    ]


def count(spark, paths, layout, table, part, wants_digest):
    """What a slice has and what it should have, as a list of (name, expected, found)."""
    shape = table["shapes"][part["shape"]]
    names = [each["name"] for each in shape["columns"]]
    kind, types = "STRING", {}
    if layout == "parquet":
        rows, types = parquet_rows(spark, paths, shape, part)
        kind = types[table["timeColumn"]]
    else:
        rows = rows_of(spark, layout, paths, names)
    time = parquet_moment(table["timeColumn"], kind)
    counts = [
        F.count("*").alias("rows"),
        F.count(column(UNREADABLE)).alias("unreadable"),
        F.min(time).alias("minimum"),
        F.max(time).alias("maximum"),
    ]
    expected = part["digest"]
    digest, is_same = [], False
    if wants_digest:
        # Counted while the rows go by, so that files are read once; lines of text are parsed in another pass.
        seen = Observation()
        if layout in ("csv", "parquet"):
            passing = rows.observe(seen, *counts).select(*[without_times(name, types.get(name, "")) for name in names])
            took = digest_of(passing, layout, shape, types)
            found = seen.get
        else:
            took = digest_of(lines_of(spark, paths), layout, shape, types)
            found = rows.agg(*counts).first().asDict()
        is_same = took == (expected["rows"], expected["bytes"], expected["hash"], 0)
        digest = [("digest of the rows", expected["hash"], took[2])]
        if took[2] == expected["hash"] and not is_same:
            digest = [("bytes of the rows", expected["bytes"], took[1])]
    else:
        found = rows.agg(*counts).first().asDict()
    results = [
        ("rows", expected["rows"], found["rows"]),
        ("rows that cannot be read", 0, found["unreadable"]),
        ("minimum", part.get("minimum"), shown(found["minimum"], kind)),
        ("maximum", part.get("maximum"), shown(found["maximum"], kind)),
        *digest,
    ]
    if shape["key"] and not is_same:
        keys = rows.select(F.count_distinct(*[column(name) for name in shape["key"]])).first()[0]
        results.append(("distinct keys", expected["rows"], keys))
    return results


def digest_of(rows, layout, shape, types):
    """The digest of rows, which are taken apart in Python on the workers: (rows, bytes, hash, rows that are none)."""
    names = [each["name"] for each in shape["columns"]]
    kinds = [each["kind"] for each in shape["columns"]]
    of = [types.get(each["name"], "") for each in shape["columns"]]
    uuids = [re.sub("BINARY", "UUID", kind) if is_uuid(each) else kind for each, kind in zip(shape["columns"], of)]
    digests = rows.mapInArrow(
        lambda batches: canonical_rows.digest(batches, layout, names, kinds, uuids),
        "rows bigint, bytes bigint, hash string, unreadable bigint",
    )
    return canonical_rows.sum_of(digests.collect())


# Lines


def named(value):
    return "none" if value is None else value


def times(part):
    return f"{part['minimum']} to {part['maximum']}" if part.get("minimum") else "no times"


def reason(error):
    """What is wrong with a file, if that is what the error says."""
    text = str(error)
    return next((reason for mark, reason in REASONS.items() if mark in text), None)


def unreadable_files(spark, path, layout, table, part, wants_digest):
    """Which files of a slice cannot be read, and why, as a list of texts: each is read without the others."""
    said = []
    for each in part["parts"]:
        name = each["file"].rpartition("/")[2]
        try:
            count(spark, pattern(f"{path}/{name}"), layout, table, part, wants_digest)
        except Exception as error:  # Spark, Java and the bridge between them throw many types
            missing = isinstance(error, AnalysisException) and error.getCondition() == "PATH_NOT_FOUND"
            said.append(f"{name} cannot be read: {'it is missing' if missing else reason(error) or 'its log says why'}")
    return said


def difference(what, expected, found):
    return f"{what}: expected {named(expected)}, found {named(found)}"


def verdict(spark, export, layout, wants_digest, table, part):
    """(exit code, line) of a slice."""
    name, path = part["directory"], f"{export}/{part['directory']}"
    wrong = []
    try:
        files = compared_files(spark, path, part)
        wrong = [difference(*each) for each in files if each[1] != each[2]]
        results = count(spark, pattern(path), layout, table, part, wants_digest)
    except AnalysisException as error:
        if error.getCondition() == "PATH_NOT_FOUND":
            return 1, f"DIFFERS  {name}: expected a directory, found none"
        return 3, f"UNKNOWN  {name}: Spark cannot ask ({error.getCondition()})"
    except Exception as error:  # Spark, Java and the bridge between them throw many types
        if reason(error):
            wrong += unreadable_files(spark, path, layout, table, part, wants_digest)
        if wrong:
            return 1, f"DIFFERS  {name}: {'; '.join(wrong)}"
        if "ModuleNotFoundError" in str(error):
            return 3, f"UNKNOWN  {name}: the workers' Python needs pandas, pyarrow and xxhash, or count with --counts-only"
        kind = error.getCondition() if isinstance(error, PySparkException) else None
        return 3, f"UNKNOWN  {name}: Spark failed ({kind or type(error).__name__}); its log says why"
    wrong += [difference(*each) for each in results if each[1] != each[2]]
    if wrong:
        return 1, f"DIFFERS  {name}: {'; '.join(wrong)}"
    found = {what for what, _, _ in results}
    keys = "as many distinct keys" if "distinct keys" in found else "no primary key to count"
    proof = "the same digest" if "digest of the rows" in found else keys
    return 0, f"equal    {name}: {part['digest']['rows']} rows, {times(part)}, {proof}"


def session():
    """Spark; the first call starts it."""
    builder = SparkSession.builder.appName("pgassay recount")
    # In PostgreSQL, "Id" and "id" are different names. A time without a time zone is counted as if it were in UTC.
    builder = builder.config("spark.sql.caseSensitive", True).config("spark.sql.session.timeZone", "UTC")
    # A row may have many megabytes.
    builder = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", 1000)
    spark = builder.config("spark.sql.execution.arrow.maxBytesPerBatch", 64 << 20).getOrCreate()
    spark.addArtifacts(canonical_rows.__file__, pyfile=True)
    return spark


def manifest_text(export):
    """The manifest's text. A local file is read without Spark, so that a wrong call ends at once."""
    path = f"{export}/{MANIFEST}"
    try:
        if path.startswith("file://"):
            return Path(path.removeprefix("file://")).read_text(encoding="utf-8")
        return session().read.option("wholetext", True).text(path).first()["value"]
    except (OSError, UnicodeDecodeError) as error:
        raise Refusal(f"cannot read {path}: {error}") from error
    except AnalysisException as error:
        raise Refusal(f"cannot read {path} ({error.getCondition()})") from error


def recount(arguments):
    export = arguments.export.rstrip("/")
    try:
        manifest = verified_manifest(manifest_text(export), arguments.public_key, LAYOUTS)
        todo = slices_to_count(manifest, arguments.slice)
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal(f"{MANIFEST} is not what this version of the job knows: {error!r}") from error
    spark, codes = session(), []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for code, line in pool.map(lambda each: verdict(spark, export, manifest["layout"], not arguments.counts_only, *each), todo):
            print(line, flush=True)
            codes.append(code)
    print(f"{codes.count(0)} of {len(codes)} slices are as the manifest says.", flush=True)
    return 1 if 1 in codes else max(codes)


def main():
    parser = argparse.ArgumentParser(description="Takes the digest of an export again and compares it with its signed manifest.")
    parser.add_argument("export", metavar="EXPORT", help="file:///srv/cold/avaolo, s3a://bucket/prefix")
    parser.add_argument("--public-key", required=True, metavar="PEM", help="of the signer, from a place that you trust")
    parser.add_argument("--slice", action="append", metavar="NAME", help="only this one: conversations/month=2022-07")
    parser.add_argument("--counts-only", action="store_true", help="no digest, so that workers need neither pyarrow nor xxhash")
    parser.add_argument("--jobs", type=int, default=4, metavar="N", help="slices at a time (default: 4)")
    arguments = parser.parse_args()
    try:
        if arguments.jobs < 1:
            raise Refusal("--jobs is at least 1")
        checked_key(arguments.public_key)
        return recount(arguments)
    except Refusal as refusal:
        print(f"recount: {refusal}", file=sys.stderr)
        return 2
    except Exception:  # without this, Python would exit with 1, which means that a slice differs
        traceback.print_exc()
        return 3
    finally:
        if spark := SparkSession.getActiveSession():
            spark.stop()


if __name__ == "__main__":
    sys.exit(main())

"""Counts an export of `pgassay export` again on a Spark cluster, and compares each slice with the signed manifest.

    spark-submit recount.py EXPORT --public-key public-key.pem [--slice conversations/month=2022-07]…

For each slice it compares the number of rows, the smallest and the largest value of the time column, and the number of
distinct primary keys (which must be the number of rows). It trusts nothing in the manifest before it has verified the
signature. It prints one line for each slice. Times are the only values of rows that it prints.

Exit codes: 0 every slice is as the manifest says; 1 one differs or cannot be read; 2 the call, the manifest or its
signature is wrong, and nothing was counted; 3 Spark could not tell. README.md in this directory says how to run it.
"""

import argparse
import base64
import concurrent.futures
import datetime
import json
import re
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

MANIFEST = "manifest.dsse.json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "tag:pgassay,2026:cold-tier-export/v1"
# The start of a SubjectPublicKeyInfo (RFC 8410) with an Ed25519 key; the 32 bytes of the key follow.
ED25519 = bytes.fromhex("302a300506032b6570032100")
LAYOUTS = ("csv", "jsonl", "copy", "parquet")
# The column in which Spark keeps a row that it cannot parse: a name that no column of a table will have.
UNREADABLE = "(pgassay: a row that cannot be read)"
# What is wrong, by words in Spark's errors. The texts of those errors are not shown, because some quote rows.
REASONS = {
    "CSV header does not conform": "its header does not name the columns of the manifest",
    "Number of column in CSV header": "its header does not have the columns of the manifest",
    "Truncated source": "the file is cut off",
    "ZstdIOException": "the compressed data is damaged",
    "FileNotFoundException": "a file is missing",
    "is not a Parquet file": "a file is cut off, or is no Parquet",
    "CANNOT_READ_FILE_FOOTER": "the footer of a file is damaged",
    "PARQUET_COLUMN_DATA_TYPE_MISMATCH": "a column has another type than the manifest says",
    "CANNOT_MERGE_SCHEMAS": "its files have different columns",
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


class Refusal(Exception):
    """The call, the manifest or the signature is wrong, so nothing can be counted."""


# The manifest


def verified_manifest(envelope_text, public_key):
    """The predicate of the manifest, after its signature has been verified with the key."""
    try:
        envelope = json.loads(envelope_text)
        payload_type = envelope["payloadType"]
        payload = base64.b64decode(envelope["payload"], validate=True)
        signatures = [base64.b64decode(signature["sig"], validate=True) for signature in envelope["signatures"]]
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal(f"{MANIFEST} is not a DSSE envelope") from error
    if payload_type != PAYLOAD_TYPE:
        raise Refusal(f"{MANIFEST} holds {payload_type!r}, not an in-toto statement")
    if not signatures:
        raise Refusal(f"{MANIFEST} is not signed, so there is nothing to compare the rows with")
    # DSSE's pre-authentication encoding: it protects both the type and the payload from being replaced.
    signed = f"DSSEv1 {len(payload_type)} {payload_type} {len(payload)} ".encode() + payload
    if not any(is_valid(signature, signed, public_key) for signature in signatures):
        raise Refusal(f"the signature of {MANIFEST} does not fit {public_key}: changed, or signed with another key")

    statement = json.loads(payload)
    if statement.get("_type") != STATEMENT_TYPE or statement.get("predicateType") != PREDICATE_TYPE:
        raise Refusal(f"what is signed is not the manifest of an export, but {statement.get('predicateType')!r}")
    manifest = statement["predicate"]
    if manifest["layout"] not in LAYOUTS:
        raise Refusal(f"the export's layout is {manifest['layout']!r}, and this job knows {', '.join(LAYOUTS)}")
    return manifest


def checked_key(path):
    """The path, after a check that the file is an Ed25519 public key."""
    try:
        lines = Path(path).read_text(encoding="ascii").splitlines()
        if lines[0] != "-----BEGIN PUBLIC KEY-----" or lines[-1] != "-----END PUBLIC KEY-----":
            raise Refusal(f"{path} is not a public key in PEM")
        der = base64.b64decode("".join(lines[1:-1]), validate=True)
    except (OSError, ValueError, IndexError) as error:
        raise Refusal(f"cannot read the public key {path}: {error}") from error
    if len(der) != len(ED25519) + 32 or not der.startswith(ED25519):
        raise Refusal(f"{path} is not an Ed25519 key")
    return path


def is_valid(signature, signed, public_key):
    """Whether openssl verifies the signature. It reads files; they hold nothing secret."""
    with tempfile.TemporaryDirectory() as directory:
        signed_file, signature_file = Path(directory, "signed"), Path(directory, "signature")
        signed_file.write_bytes(signed)
        signature_file.write_bytes(signature)
        verify = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public_key, "-rawin"]
        try:
            outcome = subprocess.run(
                [*verify, "-in", signed_file, "-sigfile", signature_file], capture_output=True, text=True, check=False
            )
        except OSError as error:
            raise Refusal(f"openssl (3.0 or newer) is needed on the driver: {error}") from error
    if outcome.returncode == 0:
        return True
    if "Signature Verification Failure" in outcome.stdout + outcome.stderr:
        return False
    raise Refusal(f"openssl (3.0 or newer) cannot verify the signature: {outcome.stderr.strip()}")


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
    text = spark.read.option("lineSep", "\n").text(path)
    return text.select(
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


def parquet_rows(spark, path, shape, part, names):
    """The rows of a slice in Parquet, of which only the named columns are read; the file says what a row is."""
    types = {name: parquet_type(shape, part, name) for name in dict.fromkeys(names)}
    schema = ", ".join("`" + name.replace("`", "``") + "` " + kind for name, kind in types.items())
    # Spark 2 wrote old times otherwise; no file of an export is one of its.
    rows = spark.read.schema(schema).option("datetimeRebaseMode", "CORRECTED").parquet(path)
    return rows.withColumn(UNREADABLE, F.lit(None).cast("string")), types


def parquet_moment(name, kind):
    """A time of a column of this type as ``moment`` has it, or as a number that ``printed`` turns into text."""
    if kind == "STRING":
        return moment(name)
    return F.unix_date(column(name)) if kind == "DATE" else F.unix_micros(column(name).cast("timestamp"))


def printed(number, kind):
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
        return printed(moment, kind)
    return moment["text"] if re.fullmatch(r"-?infinity|\d{4,}-\d\d-\d\d[\d:.+ ]*( BC)?", moment["text"]) else "no time"


def count(spark, export, layout, table, part):
    """What a slice has and what it should have, as a list of (name, expected, found)."""
    shape = table["shapes"][part["shape"]]
    names = [each["name"] for each in shape["columns"]]
    # Spark reads these characters in a path as a pattern.
    path = re.sub(r"([\\\[\]{}*?])", r"\\\1", f"{export}/{part['directory']}")
    kind = "STRING"
    if layout == "parquet":
        rows, types = parquet_rows(spark, path, shape, part, [table["timeColumn"], *shape["key"]])
        kind = types[table["timeColumn"]]
    else:
        rows = rows_of(spark, layout, path, names)
    time = parquet_moment(table["timeColumn"], kind)
    keys = [column(name) for name in shape["key"]]
    found = (
        rows
        .agg(
            F.count("*").alias("rows"),
            F.count(column(UNREADABLE)).alias("unreadable"),
            F.min(time).alias("minimum"),
            F.max(time).alias("maximum"),
            (F.count_distinct(*keys) if keys else F.lit(None)).alias("keys"),
        )
        .first()
    )
    expected = part["digest"]["rows"]
    results = [
        ("rows", expected, found["rows"]),
        ("rows that cannot be read", 0, found["unreadable"]),
        ("minimum", part.get("minimum"), shown(found["minimum"], kind)),
        ("maximum", part.get("maximum"), shown(found["maximum"], kind)),
    ]
    return results + ([("distinct keys", expected, found["keys"])] if keys else [])


# Lines


def named(value):
    return "none" if value is None else value


def times(part):
    return f"{part['minimum']} to {part['maximum']}" if part.get("minimum") else "no times"


def verdict(spark, export, layout, table, part):
    """(exit code, line) of a slice."""
    name = part["directory"]
    try:
        results = count(spark, export, layout, table, part)
    except AnalysisException as error:
        if error.getCondition() == "PATH_NOT_FOUND":
            return 1, f"DIFFERS  {name}: expected a directory, found none"
        return 3, f"UNKNOWN  {name}: Spark cannot ask ({error.getCondition()})"
    except Exception as error:  # Spark, Java and the bridge between them throw many types
        text = str(error)
        reason = next((reason for mark, reason in REASONS.items() if mark in text), None)
        if reason:
            return 1, f"DIFFERS  {name}: it cannot be read: {reason}"
        kind = error.getCondition() if isinstance(error, PySparkException) else None
        return 3, f"UNKNOWN  {name}: Spark failed ({kind or type(error).__name__}); its log says why"
    wrong = [
        f"{what}: expected {named(expected)}, found {named(found)}"
        for what, expected, found in results
        if expected != found
    ]
    if wrong:
        return 1, f"DIFFERS  {name}: {'; '.join(wrong)}"
    keys = "as many distinct keys" if len(results) == 5 else "no primary key to count"
    return 0, f"equal    {name}: {part['digest']['rows']} rows, {times(part)}, {keys}"


def session():
    """Spark; the first call starts it."""
    builder = SparkSession.builder.appName("pgassay recount")
    # In PostgreSQL, "Id" and "id" are different names. A time without a time zone is counted as if it were in UTC.
    builder = builder.config("spark.sql.caseSensitive", True).config("spark.sql.session.timeZone", "UTC")
    return builder.getOrCreate()


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
        manifest = verified_manifest(manifest_text(export), arguments.public_key)
        todo = slices_to_count(manifest, arguments.slice)
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal(f"{MANIFEST} is not what this version of the job knows: {error!r}") from error
    spark, codes = session(), []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for code, line in pool.map(lambda each: verdict(spark, export, manifest["layout"], *each), todo):
            print(line, flush=True)
            codes.append(code)
    print(f"{codes.count(0)} of {len(codes)} slices are as the manifest says.", flush=True)
    return 1 if 1 in codes else max(codes)


def main():
    parser = argparse.ArgumentParser(description="Counts an export again and compares it with its signed manifest.")
    parser.add_argument("export", metavar="EXPORT", help="file:///srv/cold/avaolo, s3a://bucket/prefix")
    parser.add_argument("--public-key", required=True, metavar="PEM", help="of the signer, from a place that you trust")
    parser.add_argument("--slice", action="append", metavar="NAME", help="only this one: conversations/month=2022-07")
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

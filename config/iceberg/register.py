"""Makes the Parquet files of an export of `pgassay export` tables of an Iceberg catalogue, with PyIceberg; no file is copied.

    python3 register.py s3://bucket/avaolo --public-key public-key.pem --catalog NAME --namespace avaolo

Run it after each export: it adds the files that the catalogue does not know yet. After `pgassay export rewrite` it puts the new
files in the place of the old ones. It trusts nothing in the manifest before it has verified the signature, and prints one
line for each table. README.md in this directory says more.

Exit codes: 0 the tables have the files and the rows of the manifest; 1 a file is not as the manifest says; 2 the call, the
manifest or its signature is wrong, and nothing was changed; 3 the catalogue or the storage could not be used.
"""

import argparse
import collections
import hashlib
import itertools
import re
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from export_manifest import MANIFEST, Refusal, checked_key, verified_manifest  # noqa: E402
from pyiceberg.catalog import load_catalog  # noqa: E402
from pyiceberg.io import load_file_io  # noqa: E402
from pyiceberg.io.pyarrow import parquet_files_to_data_files  # noqa: E402
from pyiceberg.schema import Schema  # noqa: E402
from pyiceberg.table import TableProperties  # noqa: E402
from pyiceberg.types import (  # noqa: E402
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    ListType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
    TimestamptzType,
    UUIDType,
)

TYPES = {
    "boolean": BooleanType(),
    "smallint": IntegerType(),  # Iceberg has none that is smaller
    "integer": IntegerType(),
    "bigint": LongType(),
    "real": FloatType(),
    "double precision": DoubleType(),
    "date": DateType(),
    "uuid": UUIDType(),
    "bytea": BinaryType(),
}


class Difference(Exception):
    """A file is not as the manifest says."""


# Types


def scalar_type(postgres):
    zone = re.fullmatch(r"timestamp(?:\(\d\))? (with|without) time zone", postgres)
    if zone:
        return TimestamptzType() if zone[1] == "with" else TimestampType()
    number = re.fullmatch(r"numeric\((\d+),(\d+)\)", postgres)
    if number and int(number[2]) <= int(number[1]) <= 38:
        return DecimalType(int(number[1]), int(number[2]))
    return TYPES.get(postgres, StringType())


def column_type(column, texts, numbers):
    """The type of a column in Parquet (runbooks/cold-storage.md has the table), as Iceberg names it.

    - texts: names of the columns that fell back to text.
    - numbers: gives each element of a list a number of its own.
    """
    postgres = column.get("base", column["type"])
    if column["name"] in texts or postgres.endswith("[][]"):
        return StringType()
    if postgres.endswith("[]"):
        return ListType(next(numbers), scalar_type(postgres.removesuffix("[]")), element_required=False)
    return scalar_type(postgres)


def schema_of(table, slices):
    """The columns of all slices. A column that came later is NULL in the slices before it."""
    columns = {}
    for part in slices:
        texts = fallbacks(part)
        for column in table["shapes"][part["shape"]]["columns"]:
            kind = str(column_type(column, texts, itertools.repeat(0)))
            if columns.setdefault(column["name"], (kind, column, texts))[0] != kind:
                raise Refusal(
                    f"column {column['name']!r} of {table['name']} is {columns[column['name']][0]} in one slice and "
                    f"{kind} in {part['directory']}: register them from exports of their own")
    numbers = itertools.count(1)
    return Schema(*[
        NestedField(next(numbers), name, column_type(column, texts, numbers), required=False)
        for name, (_, column, texts) in columns.items()
    ])


def fallbacks(part):
    return {each["column"] for each in part.get("fallbacks", [])}


def tables_to_register(manifest):
    """By the name of a table of Iceberg: the table of the manifest and those of its slices that have the same types.

    A column that fell back in some slices is text there, and a table of Iceberg has one type for a column. So these slices
    are tables of their own: `conversations__timestamp_as_text` has the rows whose time is -infinity.
    """
    found = collections.defaultdict(list)
    tables = {}
    for table in manifest["tables"]:
        for part in table["slices"]:
            some = sorted(each["column"] for each in part.get("fallbacks", []) if each["reason"] != "digits")
            name = table["directory"] + "".join(f"__{column}_as_text" for column in some)
            tables[name] = table
            found[name].append(part)
    return [(name, tables[name], slices) for name, slices in sorted(found.items())]


# Files


def registered(table):
    """The data files of the table's current snapshot, by their path."""
    snapshot = table.current_snapshot()
    if snapshot is None:
        return {}
    return {
        entry.data_file.file_path: entry.data_file
        for manifest in snapshot.manifests(table.io)
        for entry in manifest.fetch_manifest_entry(table.io, discard_deleted=True)
    }


def opened(catalog, identifier, schema, time):
    """The table, made if it is not there, with all columns of the schema."""
    if not catalog.table_exists(identifier):
        return catalog.create_table(
            identifier,
            schema,
            properties={
                # Files belong to the export. Nothing that tidies up tables may delete them.
                "gc.enabled": "false",
                # Smallest and largest values of other columns may be about persons, and stay when rows are erased.
                "write.metadata.metrics.default": "counts",
                f"write.metadata.metrics.column.{time}": "full",
            },
        )
    table = catalog.load_table(identifier)
    if set(schema.column_names) - set(table.schema().column_names):
        with table.update_schema() as update:
            update.union_by_name(schema)
        table = catalog.load_table(identifier)
    return table


def register(catalog, export, identifier, table, slices, digest):
    """Gives a table exactly the files of its slices, in one commit. Returns what to say of it."""
    wanted = {f"{export}/{file['file']}": file for part in slices for file in part["parts"]}
    of = opened(catalog, identifier, schema_of(table, slices), table["timeColumn"])
    known = registered(of)
    new = sorted(set(wanted) - set(known))
    gone = sorted(set(known) - set(wanted))
    with of.transaction() as transaction:
        if of.name_mapping() is None:
            # The files have no field numbers of Iceberg: their columns are found by their names.
            mapping = of.schema().name_mapping.model_dump_json()
            transaction.set_properties({TableProperties.DEFAULT_NAME_MAPPING: mapping})
        try:
            files = list(parquet_files_to_data_files(of.io, transaction.table_metadata, iter(new)))
        except ValueError as error:
            raise Difference(f"a file of {'.'.join(identifier)} has other columns than the manifest says: {error}") from error
        for file in files:
            expected = wanted[file.file_path]
            found = (file.file_size_in_bytes, file.record_count)
            if found != (expected["bytes"], expected["digest"]["rows"]):
                raise Difference(
                    f"{file.file_path}: expected {expected['bytes']} bytes with {expected['digest']['rows']} rows, found "
                    f"{found[0]} with {found[1]}; pgassay export verify says more")
        if new or gone:
            update = transaction.update_snapshot(snapshot_properties={"pgassay.manifest-sha256": digest})
            with update.overwrite() if gone else update.fast_append() as snapshot:
                for path in gone:
                    snapshot.delete_data_file(known[path])
                for file in files:
                    snapshot.append_data_file(file)
    if gone:
        # Older snapshots name files that are no longer there.
        of = catalog.load_table(identifier)
        old = [each.snapshot_id for each in of.snapshots() if each.snapshot_id != of.current_snapshot().snapshot_id]
        if old:
            of.maintenance.expire_snapshots().by_ids(old).commit()
    rows = sum(file.record_count for file in registered(catalog.load_table(identifier)).values())
    expected = sum(part["digest"]["rows"] for part in slices)
    if rows != expected:
        raise Difference(f"{'.'.join(identifier)} has {rows} rows, and the manifest {expected}")
    return f"{'.'.join(identifier)}: {len(new)} files added, {len(gone)} removed; {len(wanted)} files, {rows} rows"


# The call


def located(export):
    """The export's place as a URI."""
    export = export.rstrip("/")
    return export if "://" in export else Path(export).resolve().as_uri()


def run(arguments):
    export = located(arguments.export)
    checked_key(arguments.public_key)
    catalog = load_catalog(arguments.catalog)
    with load_file_io(catalog.properties, export).new_input(f"{export}/{MANIFEST}").open() as stream:
        envelope = stream.read()
    manifest = verified_manifest(envelope, arguments.public_key, ["parquet"])
    todo = tables_to_register(manifest)
    for _, table, slices in todo:
        schema_of(table, slices)  # what cannot be registered is refused before anything is changed
    catalog.create_namespace_if_not_exists(arguments.namespace)
    for name, table, slices in todo:
        digest = hashlib.sha256(envelope).hexdigest()
        print(register(catalog, export, (arguments.namespace, name), table, slices, digest), flush=True)
    return 0


def main():
    parser = argparse.ArgumentParser(description="Makes the Parquet files of an export tables of an Iceberg catalogue.")
    parser.add_argument("export", metavar="EXPORT", help="s3://bucket/prefix, or a directory")
    parser.add_argument("--public-key", required=True, metavar="PEM", help="of the signer, from a place that you trust")
    parser.add_argument("--catalog", required=True, metavar="NAME", help="as PyIceberg's configuration calls it")
    parser.add_argument("--namespace", required=True, metavar="NAME", help="of the tables; made if it is not there")
    arguments = parser.parse_args()
    try:
        return run(arguments)
    except Difference as difference:
        print(f"register: {difference}", file=sys.stderr)
        return 1
    except (Refusal, FileNotFoundError) as refusal:
        print(f"register: {refusal}", file=sys.stderr)
        return 2
    except Exception:  # without this, Python would exit with 1, which means that a file differs
        traceback.print_exc()
        return 3


if __name__ == "__main__":
    sys.exit(main())

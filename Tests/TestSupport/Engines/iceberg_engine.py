"""Reads tables of an export with PyIceberg, once config/iceberg/register.py has registered them in a catalogue of SQLite;
engine_answers.py has what goes in and out."""

import functools
import sys
import tempfile
from pathlib import Path

import iceberg_catalogue
import pyarrow as pa
import pyarrow.compute as pc
from arrow_answers import arrow_answer
from engine_answers import main

warehouse = tempfile.TemporaryDirectory()
iceberg_catalogue.use(warehouse.name)

import register  # noqa: E402
from pyiceberg.catalog import load_catalog  # noqa: E402
from pyiceberg.expressions import GreaterThanOrEqual  # noqa: E402


@functools.cache
def registered(export):
    sys.argv = ["register.py", str(export), "--public-key", str(export / "public-key.pem"), "--catalog", "cold"]
    sys.argv += ["--namespace", export.name]
    stdout, sys.stdout = sys.stdout, sys.stderr
    try:
        code = register.main()
    finally:
        sys.stdout = stdout
    if code != 0:
        raise ValueError(f"register.py ended with {code}")


def answer(table):
    path, time = Path(table["path"]), table["timeColumn"]
    registered(path.parent)
    catalog = load_catalog("cold")
    names = [name for name in catalog.list_tables(path.parent.name) if name[1].partition("__")[0] == path.name]
    pieces = []
    for name in names:
        rows = catalog.load_table(name).scan().to_arrow()
        if pa.types.is_string(rows.schema.field(time).type):
            # Slices whose times are text, because some are infinite: those become NULL.
            finite = pc.if_else(pc.match_substring(rows[time], "infinity"), None, rows[time])
            rows = rows.set_column(rows.column_names.index(time), time, finite.cast(pa.timestamp("us", "UTC")))
        pieces.append(rows)

    def later(_):
        moment = "2022-07-15T12:00:00+00:00"
        return catalog.load_table((path.parent.name, path.name)).scan(GreaterThanOrEqual("sent", moment)).to_arrow()

    return arrow_answer(table, pa.concat_tables(pieces), later, {})


main(answer)

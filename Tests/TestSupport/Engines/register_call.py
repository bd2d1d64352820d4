"""Calls config/iceberg/register.py, and prints what the call came to and what is in the tables then.

The request is a file of JSON: the directory of the catalogue, then the arguments.
"""

import contextlib
import io
import json
import sys
from pathlib import Path

import iceberg_catalogue

directory, *arguments = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
iceberg_catalogue.use(directory)

import pyarrow.compute as pc  # noqa: E402
import register  # noqa: E402
from pyiceberg.catalog import load_catalog  # noqa: E402

sys.argv = ["register.py", *arguments, "--catalog", "cold", "--namespace", "cold"]
with contextlib.redirect_stdout(io.StringIO()) as output, contextlib.redirect_stderr(io.StringIO()) as errors:
    code = register.main()

catalog = load_catalog("cold")
tables = {}
for name in catalog.list_tables("cold") if ("cold",) in catalog.list_namespaces() else []:
    table = catalog.load_table(name)
    rows = table.scan().to_arrow()
    tables[name[1]] = {
        "rows": rows.num_rows,
        "sum": pc.sum(rows["id"]).as_py() or 0,
        "files": sorted(path.rpartition("/")[2] for path in table.inspect.data_files()["file_path"].to_pylist()),
        "snapshots": len(table.snapshots()),
    }
json.dump({"exitCode": code, "output": output.getvalue(), "errors": errors.getvalue(), "tables": tables}, sys.stdout)

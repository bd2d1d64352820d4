"""A catalogue of Iceberg in a directory: a database of SQLite, and the tables' own files beside it."""

import os
import sys
from pathlib import Path


def use(directory):
    """Makes it the catalogue `cold`. PyIceberg reads its configuration when it is imported, so this comes first."""
    os.environ |= {
        "PYICEBERG_CATALOG__COLD__TYPE": "sql",
        "PYICEBERG_CATALOG__COLD__URI": f"sqlite:///{directory}/catalogue.db",
        "PYICEBERG_CATALOG__COLD__WAREHOUSE": f"file://{directory}",
    }
    sys.path.insert(0, str(Path(__file__).parents[3] / "config/iceberg"))

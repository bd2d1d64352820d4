"""Calls config/spark/recount.py as often as a file of JSON says, a list of lists of arguments, and prints what each call came to.

All calls share a process, the Java that the first of them starts, and its Spark: each session has Python workers of its own,
which load pyarrow and pandas for a second before they do anything.
"""

import contextlib
import io
import json
import sys
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parents[2] / "config/spark"))

import recount  # noqa: E402


def call(arguments):
    sys.argv = ["recount.py", *arguments]
    with contextlib.redirect_stdout(io.StringIO()) as output, contextlib.redirect_stderr(io.StringIO()) as errors:
        try:
            code = recount.main()
        except SystemExit as end:  # of argparse
            code = end.code
    return {"exitCode": code, "output": output.getvalue(), "errors": errors.getvalue()}


# At its end, a call stops its session; the next one would start another.
with mock.patch.object(recount.SparkSession, "stop"):
    answers = [call(arguments) for arguments in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))]
if session := recount.SparkSession.getActiveSession():
    session.stop()
json.dump(answers, sys.stdout)

"""Calls config/spark/recount.py as often as a file of JSON says, a list of lists of arguments, and prints what each call came to.

All calls share a process, and so the Java that the first of them starts.
"""

import contextlib
import io
import json
import sys
from pathlib import Path

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


answers = [call(arguments) for arguments in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))]
json.dump(answers, sys.stdout)

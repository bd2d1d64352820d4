"""Prints floating-point numbers as config/spark/canonical_rows.py does: a JSON list of texts.

The request is a file of JSON: a list with the bits of numbers of 64 bits, and one with those of numbers of 32 bits.
"""

import json
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "config/spark"))

import canonical_rows  # noqa: E402

doubles, singles = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
texts = [canonical_rows.double_text(struct.unpack("d", struct.pack("Q", bits))[0]) for bits in doubles]
texts += [canonical_rows.float_text(struct.unpack("f", struct.pack("I", bits))[0]) for bits in singles]
json.dump(texts, sys.stdout)

"""Reads tables of an export with fastparquet, as runbooks/cold-storage.md says; engine_answers.py has what goes in and out."""

import datetime
import json
import uuid

import fastparquet
import numpy as np
import pandas as pd
from engine_answers import all_values, files, main, text, types

ZONED = "timestamp with time zone"
LATER = pd.Timestamp("2022-07-15 12:00:00")


def value(each, postgres=""):
    """A value of pandas as one of Python. It has no dates and no time zones: the type of PostgreSQL says what is meant."""
    if isinstance(each, list) and postgres != "jsonb":
        return [value(one, postgres.removesuffix("[]")) for one in each]
    if each is None or each is pd.NaT or each is pd.NA:
        return None
    if isinstance(each, np.datetime64):
        each = pd.Timestamp(each)
    if isinstance(each, pd.Timestamp):
        moment = each.to_pydatetime(warn=False)
        if postgres == "date":
            return moment.date() if moment.time() == datetime.time() else moment
        return moment.replace(tzinfo=datetime.timezone.utc) if "with time zone" in postgres else moment
    if postgres in ("json", "jsonb"):
        return Parsed(each)
    return each.item() if isinstance(each, np.generic) and not isinstance(each, np.bytes_) else each


class Parsed:
    """What it made of a JSON document."""

    def __init__(self, parsed):
        self.parsed = parsed

    def __str__(self):
        return json.dumps(self.parsed)


def aggregates(messages):
    """What the three queries about `messages` ask."""
    messages["length"] = messages.message.str.len()
    senders = messages.groupby("sender").agg(rows=("id", "size"), texts=("message", "count"), length=("length", "sum"))
    later = messages[messages.sent >= LATER]
    texts = messages.groupby("message", dropna=False).agg(rows=("id", "size"), least=("id", "min")).sort_values("least")
    return [
        [[name, *map(value, row)] for name, *row in senders.itertuples()],
        [[later.farmer_id.nunique(), value(later.sent.min(), ZONED), value(later.sent.max(), ZONED), int((later.message == "").sum())]],
        [[None if pd.isna(name) else name, *map(value, row)] for name, *row in texts.itertuples()],
    ]


def answer(table):
    """Each slice is read for itself: a file's directory is not made a column."""
    pieces, slices = [], {}
    for month, path in files(table):
        rows = fastparquet.ParquetFile(str(path)).to_pandas(index=False)
        slices[month or ""] = len(rows)
        if rows[table["timeColumn"]].dtype.kind != "M":
            rows[table["timeColumn"]] = pd.NaT  # infinite times
        pieces.append(rows)
    rows = pd.concat(pieces, ignore_index=True)
    time = rows[table["timeColumn"]]
    answer = {
        "types": {name: str(kind) for name, kind in rows.dtypes.items()},
        "slices": slices,
        "isByFile": True,
        "rows": len(rows),
        "minimum": text(value(time.min(), ZONED)),
        "maximum": text(value(time.max(), ZONED)),
        "answers": [[list(map(text, row)) for row in each] for each in aggregates(rows)] if table["queries"] else [],
    }
    if table["wantsValues"]:
        of, records = types(table), []
        for row in rows.sort_values("id").itertuples(index=False):
            record = {name: value(each, of[name]) for name, each in zip(rows.columns, row)}
            # In a column of texts, pandas has NaN for NULL; in one of numbers, NULL cannot be told from NaN.
            for name, each in record.items():
                if isinstance(each, float) and each != each and rows[name].dtype.kind not in "fiu":
                    record[name] = None
            records.append(record)
        answer |= all_values(table, records, {"uuid": uuid_or_bytes})
    return answer


def uuid_or_bytes(value):
    """The UUID, if all of its bytes are there."""
    return str(uuid.UUID(bytes=bytes(value))) if value is not None and len(value) == 16 else value


main(answer)

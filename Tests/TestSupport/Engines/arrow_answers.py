"""The answer of what reads a table into Arrow (pyarrow, PyIceberg): by Arrow's own functions, because it knows no SQL."""

import datetime

import pyarrow as pa
import pyarrow.compute as pc
from engine_answers import all_values, text


def aggregates(messages, later):
    """What the three queries about `messages` ask.

    - later: the rows that were sent from 2022-07-15 12:00 UTC on, found in the way of the engine.
    """
    messages = messages.append_column("length", pc.utf8_length(messages["message"]))
    senders = messages.group_by("sender").aggregate([([], "count_all"), ("message", "count"), ("length", "sum")])
    seen = later.append_column("empty", pc.equal(later["message"], "").cast(pa.int64())).group_by([]).aggregate(
        [("farmer_id", "count_distinct"), ("sent", "min"), ("sent", "max"), ("empty", "sum")]
    )
    texts = messages.group_by("message").aggregate([([], "count_all"), ("id", "min")])
    return [
        printed(senders.sort_by("sender").select(["sender", "count_all", "message_count", "length_sum"])),
        printed(seen.select(["farmer_id_count_distinct", "sent_min", "sent_max", "empty_sum"])),
        printed(texts.sort_by("id_min").select(["message", "count_all", "id_min"])),
    ]


def printed(table):
    return [[text(value) for value in row.values()] for row in table.to_pylist()]


def later_than(table):
    """The moment that the second query about `messages` names, as a value of the column's type."""
    moment = datetime.datetime(2022, 7, 15, 12, tzinfo=datetime.timezone.utc)
    return pa.scalar(moment, table["sent"].type)


def arrow_answer(table, rows, later, converted):
    """The answer, from all rows as a table of Arrow, in which the partition column may be missing.

    - later: called with the rows of `messages`, for the second query.
    - converted: as ``all_values`` takes it.
    """
    time = rows[table["timeColumn"]]
    slices = rows.group_by("month").aggregate([([], "count_all")]).to_pylist() if "month" in rows.column_names else []
    answer = {
        "types": {field.name: str(field.type) for field in rows.schema},
        "slices": {each["month"] or "": each["count_all"] for each in slices},
        "rows": rows.num_rows,
        "minimum": text(pc.min(time).as_py()),
        "maximum": text(pc.max(time).as_py()),
        "answers": aggregates(rows, later(rows)) if table["queries"] else [],
    }
    if table["wantsValues"]:
        answer |= all_values(table, rows.sort_by("id").to_pylist(), converted)
    return answer

"""Reads llm_debug_log as CSV with a header from standard input and writes it as zstd Parquet: what one does by hand.

psql … COPY … CSV, HEADER | bench_parquet.py FILE PEAKS

It adds its peak memory, in kB, to the file PEAKS.
"""

import resource
import sys

import duckdb

duckdb.execute(
    """
    COPY (
        SELECT * FROM read_csv(
            '/dev/stdin', auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = '',
            allow_quoted_nulls = false, max_line_size = 16777216,
            columns = {
                'id': 'BIGINT', 'query_type': 'VARCHAR', 'input_data': 'JSON', 'output_data': 'JSON',
                'timestamp': 'TIMESTAMPTZ'
            })
    ) TO '%s' (FORMAT parquet, COMPRESSION zstd)
    """
    % sys.argv[1].replace("'", "''")
)
with open(sys.argv[2], "a", encoding="ascii") as peaks:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=peaks)

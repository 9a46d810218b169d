#!/usr/bin/env bash
# great-expectations 1.24.1 on pandas: a NULL passes an expectation of one column, and fails one of two columns.
#
# `ExpectColumnValuesToBeBetween` leaves out rows without a value. `ExpectColumnPairValuesAToBeGreaterThanB` leaves a row
# out only if both values are missing (`ignore_row_if` is "both_values_are_missing"), and compares with the missing one
# otherwise, which is never greater. So "reach is at least the followers' reach" rejects each day on which a network
# gives one of the two and not the other, although nothing is known to be wrong.
# An empty table shows the same split in the other direction: `between` passes, a maximum below a bound fails.
#
# Say `ignore_row_if="either_value_is_missing"` in every pair.
# Output seen is at the end; the script fails if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check great-expectations==1.24.1 2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 1; }
"$folder/venv/bin/python" > "$folder/seen" 2> "$folder/log" <<'PYTHON' || { cat "$folder/log"; exit 1; }
import great_expectations as gx
import pandas as pd

context = gx.get_context(mode="ephemeral")
frames = context.data_sources.add_pandas("pandas").add_dataframe_asset("days").add_batch_definition_whole_dataframe("all")
expect = gx.expectations


def passes(frame, expectation):
    return frames.get_batch({"dataframe": frame}).validate(expectation).success


days = pd.DataFrame({"reach": [500.0, None], "reach_followers": [300.0, 200.0]})
pair = {"column_A": "reach", "column_B": "reach_followers"}
print("one column:", passes(days, expect.ExpectColumnValuesToBeBetween(column="reach", min_value=1)))
print("a pair:", passes(days, expect.ExpectColumnPairValuesAToBeGreaterThanB(**pair)))
either = expect.ExpectColumnPairValuesAToBeGreaterThanB(**pair, ignore_row_if="either_value_is_missing")
print("a pair, either missing:", passes(days, either))
print("no row, between:", passes(days[:0], expect.ExpectColumnValuesToBeBetween(column="reach", max_value=1000)))
print("no row, maximum:", passes(days[:0], expect.ExpectColumnMaxToBeBetween(column="reach", max_value=1000)))
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
one column: True
a pair: False
a pair, either missing: True
no row, between: True
no row, maximum: False
SEEN

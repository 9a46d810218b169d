#!/usr/bin/env bash
# great-expectations 1.24.1 on pandas: a Postgres numeric of exactly 1.1 fails "at least 1.1", and passes "at most 1.1".
#
# psycopg gives `numeric` as Decimal, a rule in YAML gives its bound as a float, and Great Expectations compares the two
# as they are. Python compares exactly: the float 1.1 is 1.100000000000000088..., so Decimal("1.1") lies below it; other
# floats lie below their text, and there the maximum fails instead. A Decimal as the bound does not help: the expectation
# turns it into a float. The same sum of money passes as a float column.
#
# Let SQL count what breaks the rule, and expect that count to be 0; or cast the column to double precision first.
# Output seen is at the end; the script fails if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check great-expectations==1.24.1 2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 1; }
"$folder/venv/bin/python" > "$folder/seen" 2> "$folder/log" <<'PYTHON' || { cat "$folder/log"; exit 1; }
from decimal import Decimal

import great_expectations as gx
import pandas as pd

context = gx.get_context(mode="ephemeral")
frames = context.data_sources.add_pandas("pandas").add_dataframe_asset("days").add_batch_definition_whole_dataframe("all")


def passes(value, **bounds):
    expectation = gx.expectations.ExpectColumnValuesToBeBetween(column="spend", **bounds)
    return frames.get_batch({"dataframe": pd.DataFrame({"spend": [value]})}).validate(expectation).success


for text in ("1.1", "1.3", "0.5"):
    for kind in (Decimal, float):
        value = kind(text)
        print(f"{kind.__name__} {text}: at least {passes(value, min_value=float(text))},", end=" ")
        print(f"at most {passes(value, max_value=float(text))},", end=" ")
        print(f"at least a Decimal {passes(value, min_value=Decimal(text))}")
PYTHON
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
Decimal 1.1: at least False, at most True, at least a Decimal False
float 1.1: at least True, at most True, at least a Decimal True
Decimal 1.3: at least False, at most True, at least a Decimal False
float 1.3: at least True, at most True, at least a Decimal True
Decimal 0.5: at least True, at most True, at least a Decimal True
float 0.5: at least True, at most True, at least a Decimal True
SEEN

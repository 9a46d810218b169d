#!/usr/bin/env bash
# vl-convert-python 1.9.0.post1: a chart of months shows each bar a month too early where TZ is west of Greenwich.
#
# Vega reads a text of only a date, such as 2026-03-01, as midnight UTC, and `timeUnit: yearmonth` cuts it to a month in
# the zone of the process. vl-convert takes that zone from TZ, so the same chart is right on a server in UTC or Moscow
# and wrong in New York: March's number stands under February. There is no warning.
#
# Use `utcyearmonth`, or give the chart positions and texts and no dates.
# Output seen is at the end; the script fails if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check vl-convert-python==1.9.0.post1 2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 1; }
cat > "$folder/chart.py" <<'PYTHON'
import os
import re

import vl_convert

for unit in ("yearmonth", "utcyearmonth"):
    chart = {
        "data": {"values": [{"month": "2026-03-01", "followers": 1500}, {"month": "2026-04-01", "followers": 1700}]},
        "mark": "bar",
        "encoding": {
            "x": {"field": "month", "type": "ordinal", "timeUnit": unit},
            "y": {"field": "followers", "type": "quantitative"},
        },
    }
    svg = vl_convert.vegalite_to_svg(chart)
    print(f"{os.environ['TZ']}, {unit}:", ", ".join(re.findall(r">([^<>]* 2026)<", svg)))
PYTHON
for zone in UTC Europe/Moscow America/New_York; do
    TZ=$zone "$folder/venv/bin/python" "$folder/chart.py"
done > "$folder/seen"
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
UTC, yearmonth: Mar 2026, Apr 2026
UTC, utcyearmonth: Mar 2026, Apr 2026
Europe/Moscow, yearmonth: Mar 2026, Apr 2026
Europe/Moscow, utcyearmonth: Mar 2026, Apr 2026
America/New_York, yearmonth: Feb 2026, Mar 2026
America/New_York, utcyearmonth: Mar 2026, Apr 2026
SEEN

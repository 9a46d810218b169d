"""The leanest: raw protobuf rows, old days deleted, COPY straight into the keyed table, one transaction, no more."""

import psycopg
from google.analytics.data_v1beta.types import RunReportResponse

from bench.ways import question
from bench.ways.cost import measured

TABLE = """
create table leanest (
    day date, session_source text, session_medium text, session_campaign text,
    sessions bigint, engaged_sessions bigint, page_views bigint, new_users bigint, engagement_seconds numeric,
    key_events numeric, key_event_rate numeric, purchases bigint, revenue numeric,
    primary key (day, session_source, session_medium, session_campaign)
)"""
COPY = f"copy leanest ({', '.join(question.COLUMNS)}) from stdin"


def main() -> None:
    client = question.client()
    with psycopg.connect(question.WAREHOUSE) as warehouse:
        warehouse.execute(TABLE)
    with measured() as told:
        read, row_count, requests = 0, 1, 0
        with psycopg.connect(question.WAREHOUSE) as warehouse, warehouse.cursor() as cursor:
            days = (question.FIRST_DAY, question.LAST_DAY)
            cursor.execute("delete from leanest where day between %s and %s", days)
            with cursor.copy(COPY) as stream:
                while read < row_count:
                    page = RunReportResponse.pb(client.run_report(question.request(read)))
                    for row in page.rows:
                        stream.write_row([value.value for value in (*row.dimension_values, *row.metric_values)])
                    read, row_count, requests = read + len(page.rows), page.row_count, requests + 1
        told |= {"rows": read, "requests": requests}


if __name__ == "__main__":
    main()

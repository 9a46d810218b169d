"""As most tutorials do: the official client's row objects, a data frame, `to_sql`."""

import pandas as pd
import sqlalchemy

from bench.ways import question
from bench.ways.cost import measured


def main() -> None:
    client = question.client()
    engine = sqlalchemy.create_engine(question.WAREHOUSE.replace("postgresql://", "postgresql+psycopg2://"))
    with measured() as told:
        records: list[dict[str, str]] = []
        row_count, requests = 1, 0
        while len(records) < row_count:
            page = client.run_report(question.request(len(records)))
            names = [header.name for header in page.dimension_headers]
            names += [header.name for header in page.metric_headers]
            for row in page.rows:
                values = [value.value for value in row.dimension_values]
                values += [value.value for value in row.metric_values]
                records.append(dict(zip(names, values, strict=True)))
            row_count, requests = page.row_count, requests + 1
        frame = pd.DataFrame(records).set_axis(list(question.COLUMNS), axis="columns")
        frame["day"] = pd.to_datetime(frame["day"])
        numbers = list(question.COLUMNS[4:])
        frame[numbers] = frame[numbers].apply(pd.to_numeric)
        frame.to_sql("row_objects", engine, if_exists="append", index=False)
        told |= {"rows": len(frame), "requests": requests}


if __name__ == "__main__":
    main()

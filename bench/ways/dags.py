"""`python -m bench.ways.dags FOLDER`: read the DAG files as the DAG processor does, Airflow being imported already."""

import sys
from pathlib import Path

from airflow.dag_processing.dagbag import DagBag

from bench.ways.cost import measured

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with measured() as told:
        bag = DagBag(folder, bundle_path=folder, bundle_name="dags-folder")
        told["dags"] = len(bag.dags)
    if bag.import_errors:
        sys.exit(str(bag.import_errors))

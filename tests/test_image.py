"""Dockerfile takes what is in the checkout, on the Airflow that requirements.txt names."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def test_what_the_image_copies_exists_and_reaches_the_builder() -> None:
    everything, *others = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    copied = re.findall(r"^COPY (?:--\S+ )*(\S+) \S+$", DOCKERFILE, re.M)
    assert everything == "*"
    assert {f"!{source}" for source in copied} == {line for line in others if line.startswith("!")}
    assert all((ROOT / source).exists() for source in copied)
    assert not {".env", ".git", ".smm", "."} & set(copied)


def test_the_image_has_the_locked_airflow_and_a_python_we_support() -> None:
    found = re.search(r"^FROM apache/airflow:slim-([\d.]+)-python(3\.\d+)$", DOCKERFILE, re.M)
    assert found
    assert f"apache-airflow=={found[1]}\n" in (ROOT / "requirements.txt").read_text("utf-8")
    assert found[2] in {"3.11", "3.12", "3.13"}

"""Dockerfile takes what is in the checkout, on the Airflow that requirements.txt names."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = {"requirements.txt", "requirements-s3.txt"}
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def test_what_the_image_copies_exists_and_reaches_the_builder() -> None:
    everything, *others = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    copied = set(re.findall(r"^COPY (?:--\S+ )*(\S+) \S+$", DOCKERFILE, re.M)) - {"${REQUIREMENTS}"} | LOCKS
    assert everything == "*"
    folders = {source for source in copied if not any(source.startswith(f"{other}/") for other in copied)}
    assert {f"!{source}" for source in folders} == {line for line in others if line.startswith("!")}
    assert all((ROOT / source).exists() for source in copied)
    assert not {".env", ".git", ".smm", "."} & copied


def test_what_the_image_copies_is_its_users() -> None:
    """Of a checkout under umask 077, root's copies would be closed to that user."""
    copies = re.findall(r"^COPY .+$", DOCKERFILE, re.M)
    assert copies
    assert [line for line in copies if not line.startswith("COPY --chown=airflow:0 ")] == []


def pins(lock: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==(\S+)", (ROOT / lock).read_text("utf-8"), re.M)
    return dict(found)


def test_the_lock_for_s3_is_the_other_one_with_what_s3_takes() -> None:
    ours, of_s3 = pins("requirements.txt"), pins("requirements-s3.txt")
    assert ours.keys() <= of_s3.keys()
    assert {"apache-airflow-providers-amazon", "s3fs"} <= of_s3.keys() - ours.keys()
    changed = {name for name in ours if ours[name] != of_s3[name]}
    assert changed <= {"python-dateutil"}, "Amazon's packages do not take the newest one; any other change is news"


def test_the_image_has_the_locked_airflow_and_a_python_we_support() -> None:
    found = re.search(r"^FROM apache/airflow:slim-([\d.]+)-python(3\.\d+) AS production$", DOCKERFILE, re.M)
    assert found
    assert f"apache-airflow=={found[1]}\n" in (ROOT / "requirements.txt").read_text("utf-8")
    assert found[2] in {"3.11", "3.12", "3.13"}

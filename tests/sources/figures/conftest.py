"""What the tests of figures may ask for."""

from pathlib import Path

import pytest


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a client's figures are to lie."""
    return tmp_path / "yarko.csv"

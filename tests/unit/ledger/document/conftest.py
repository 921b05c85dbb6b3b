"""Samples and keys that all tests of documents share."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).resolve().parents[4] / "contracts/spec/vectors"


@pytest.fixture
def samples() -> dict[str, dict[str, Any]]:
    """One valid document of every type, by its type."""
    found = json.loads((VECTORS / "document_samples.json").read_text())
    return {each["document_type"]: each for each in found}


@pytest.fixture
def vectors() -> Callable[[str], Any]:
    """Read a file of vectors by its name."""
    return lambda name: json.loads((VECTORS / f"document_{name}.json").read_text())

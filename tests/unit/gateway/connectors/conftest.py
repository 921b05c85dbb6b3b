"""Messages that tests of connectors start from."""

from __future__ import annotations

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[4] / "examples"


@pytest.fixture(scope="session")
def example() -> bytes:
    """The example order that ships with the project."""
    return (EXAMPLES / "order.xml").read_bytes()

"""Where documents of others lie, if they do."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public documents and data beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with public documents and data is not there")
    return SHARED

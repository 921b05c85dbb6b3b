"""A store with one artefact of each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gateway.connectors.schemas.store import Store
from tests.edi.schemas.artefacts import PACKAGE

Lay = Callable[[Mapping[str, str]], Path]


@pytest.fixture
def lay(tmp_path: Path) -> Lay:
    """Lay files into a folder, as a publisher's package has them."""

    def laid(files: Mapping[str, str]) -> Path:
        folder = tmp_path / "published"
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return folder

    return laid


@pytest.fixture
def store(tmp_path: Path, lay: Lay) -> Store:
    """A store that holds the package."""
    made = Store(tmp_path / "schemas")
    made.add(lay(PACKAGE))
    return made

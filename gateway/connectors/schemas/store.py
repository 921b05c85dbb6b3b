"""The folder of artefacts: one folder per package, whole or not at all.

::

    schemas/
      phive-rules-peppol-4.3.7/
        package.json          its digest and the artefacts in it
        files/...             as they stood in the package
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from gateway.connectors.schemas.archive import files_of
from gateway.connectors.schemas.artefact import Artefact, Skipped

FILES: Final = "files"

_INDEX: Final = "package.json"
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")


class StoreRefused(Exception):
    """A package cannot be added or removed; the message says why."""


@dataclass(frozen=True, slots=True)
class Package:
    """What was added at once.

    Parameters
    ----------
    name : str
        Name of its folder.
    digest : str
        SHA-256 over its files.
    artefacts : tuple of Artefact
        What it can check.
    """

    name: str
    digest: str
    artefacts: tuple[Artefact, ...]


@dataclass(frozen=True, slots=True)
class Store:
    """The folder of artefacts.

    Parameters
    ----------
    folder : Path
        Where it is; it need not be there yet.
    """

    folder: Path

    def add(
        self, path: Path, *, customization: str = "", since: str = ""
    ) -> tuple[Package, tuple[Skipped, ...]]:
        """Take the artefacts of a folder, an archive or a file; tells what could not be taken.

        Parameters
        ----------
        customization, since : str
            As `recognise`.

        Raises
        ------
        ArchiveRefused
            If the files cannot be read safely.
        StoreRefused
            If there is no artefact in them, or a package of this name.
        """
        # Gateways only read what was added, for which no file is parsed.
        from gateway.connectors.schemas.recognition import recognise

        name = path.resolve().name.removesuffix(path.suffix if path.is_file() else "")
        if _NAME.fullmatch(name) is None:
            raise StoreRefused(f"{name!r} is no name for a package; rename it")
        if (self.folder / name).exists():
            raise StoreRefused(f"there is a package {name}; remove it first")
        files = files_of(path)
        found = recognise(files, customization, since)
        if not found.artefacts:
            reasons = "".join(f"; {each.path} {each.reason}" for each in found.skipped[:5])
            raise StoreRefused(f"there is no artefact in {path.name}{reasons}")
        kept = {name: files[name] for name in sorted(found.needed)}
        package = Package(name, _digest(kept), found.artefacts)
        self._write(package, kept)
        return package, found.skipped

    def remove(self, name: str) -> None:
        """Forget a package.

        Raises
        ------
        StoreRefused
            If there is none of this name.
        """
        if _NAME.fullmatch(name) is None or not (self.folder / name / _INDEX).is_file():
            raise StoreRefused(f"there is no package {name}")
        shutil.rmtree(self.folder / name)

    def packages(self) -> tuple[Package, ...]:
        """List what is there, by name."""
        return tuple(
            _package(path.parent.name, json.loads(path.read_bytes())) for path in self._indexes()
        )

    def state(self) -> tuple[tuple[str, int], ...]:
        """Give what changes whenever a package is added or removed."""
        return tuple((path.parent.name, path.stat().st_mtime_ns) for path in self._indexes())

    def path(self, package: Package, artefact: Artefact) -> Path:
        """Say where the file of an artefact is."""
        return self.folder / package.name / FILES / artefact.path

    def _indexes(self) -> list[Path]:
        return sorted(self.folder.glob(f"[!.]*/{_INDEX}"))

    def _write(self, package: Package, files: Mapping[str, bytes]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".adding-", dir=self.folder) as scratch:
            made = Path(scratch) / package.name
            for name, content in files.items():
                at = made / FILES / name
                at.parent.mkdir(parents=True, exist_ok=True)
                at.write_bytes(content)
            (made / _INDEX).write_text(json.dumps(asdict(package), indent=1), encoding="utf-8")
            made.rename(self.folder / package.name)


def _digest(files: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name, content in files.items():
        whole.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(content).digest())
    return whole.hexdigest()


def _package(name: str, index: dict[str, Any]) -> Package:
    artefacts = (
        Artefact(**(each | {"names": tuple(each["names"])})) for each in index["artefacts"]
    )
    return Package(name, index["digest"], tuple(artefacts))

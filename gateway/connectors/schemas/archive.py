"""Files out of a folder, a zip or jar, or one by one: bounded, and none that points elsewhere."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Final

SUFFIXES: Final = frozenset((".xsd", ".xslt", ".xsl", ".dtd", ".json"))
FILE_BYTES_MAX: Final = 16 * 1024 * 1024
ALL_BYTES_MAX: Final = 256 * 1024 * 1024
FILES_MAX: Final = 20_000

_ARCHIVES: Final = frozenset((".zip", ".jar"))
_LINK: Final = stat.S_IFLNK


class ArchiveRefused(Exception):
    """The files cannot be taken; the message says why."""


def files_of(path: Path) -> dict[str, bytes]:
    """Read the files that may be artefacts.

    Parameters
    ----------
    path : Path
        A folder, an archive (zip or jar), or one file.

    Returns
    -------
    dict
        Path inside it, with slashes, to content.

    Raises
    ------
    ArchiveRefused
        If there is nothing there, it is too large, or an archive is damaged, encrypted, or names
        paths outside itself.
    """
    if path.is_dir():
        return _bounded(_of_folder(path))
    if not path.is_file():
        raise ArchiveRefused(f"there is no file or folder {path}")
    if path.suffix.lower() not in _ARCHIVES:
        with path.open("rb") as file:
            return {path.name: _read(file, path.name)}
    try:
        with zipfile.ZipFile(path) as archive:
            return _bounded(_of_archive(archive))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ArchiveRefused(f"{path.name} cannot be opened: {error}") from None


def _bounded(files: Iterator[tuple[str, bytes]]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    total = 0
    for name, content in files:
        total += len(content)
        if total > ALL_BYTES_MAX or len(found) == FILES_MAX:
            raise ArchiveRefused(
                f"a package has at most {FILES_MAX} files and {ALL_BYTES_MAX} bytes"
            )
        found[name] = content
    return found


def _of_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                yield path.relative_to(folder).as_posix(), _read(file, path.name)


def _of_archive(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    for entry in archive.infolist():
        name = PurePosixPath(entry.filename)
        if name.is_absolute() or ".." in name.parts or set("\\:\0") & set(entry.filename):
            raise ArchiveRefused(f"the archive names a path outside itself: {entry.filename!r}")
        is_link = stat.S_IFMT(entry.external_attr >> 16) == _LINK
        if entry.is_dir() or is_link or name.suffix.lower() not in SUFFIXES:
            continue
        # What an entry says of its size is not believed: it is read up to the bound.
        with archive.open(entry) as file:
            yield name.as_posix(), _read(file, entry.filename)


def _read(file: IO[bytes], name: str) -> bytes:
    content = file.read(FILE_BYTES_MAX + 1)
    if len(content) > FILE_BYTES_MAX:
        raise ArchiveRefused(f"{name} has more than {FILE_BYTES_MAX} bytes")
    return content

"""Packages are read within bounds, and never outside themselves."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from gateway.connectors.schemas import archive
from gateway.connectors.schemas.archive import ArchiveRefused, files_of


def _zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in files.items():
            written.writestr(name, content)
    return path


def test_jar_gives_its_schemas_and_nothing_else(tmp_path: Path) -> None:
    path = _zip(
        tmp_path / "rules.jar", {"a/b.xslt": b"<x/>", "a/C.class": b"\xca\xfe", "d.xsd": b""}
    )
    assert files_of(path) == {"a/b.xslt": b"<x/>", "d.xsd": b""}


def test_folder_gives_its_schemas_but_follows_no_link(tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "secret.xsd"
    folder.mkdir()
    outside.write_bytes(b"secret")
    (folder / "a.xsd").write_bytes(b"a")
    (folder / "b.xsd").symlink_to(outside)
    assert files_of(folder) == {"a.xsd": b"a"}


@pytest.mark.parametrize(
    "name", ["../up.xsd", "/etc/x.xsd", "a/../../b.xsd", "C:evil.xsd", "a\\b.xsd", "../up.txt"]
)
def test_archive_that_names_a_path_outside_itself_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ArchiveRefused, match="outside itself"):
        files_of(_zip(tmp_path / "evil.zip", {name: b"<x/>"}))


def test_link_in_an_archive_is_no_file(tmp_path: Path) -> None:
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as written:
        entry = zipfile.ZipInfo("link.xsd")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        written.writestr(entry, "/etc/passwd")
    assert files_of(path) == {}


def test_bomb_is_refused_before_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _zip(tmp_path / "bomb.zip", {"bomb.xsd": bytes(archive.FILE_BYTES_MAX + 1)})
    assert path.stat().st_size < 100_000
    with pytest.raises(ArchiveRefused, match="more than"):
        files_of(path)
    monkeypatch.setattr(archive, "ALL_BYTES_MAX", 1_000)
    with pytest.raises(ArchiveRefused, match="at most"):
        files_of(_zip(tmp_path / "many.zip", {f"{nth}.xsd": bytes(300) for nth in range(4)}))


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FILES_MAX", 3)
    with pytest.raises(ArchiveRefused, match="at most 3 files"):
        files_of(_zip(tmp_path / "many.zip", {f"{nth}.xsd": b"" for nth in range(4)}))


def test_entry_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as written:
        written.writestr("a.xsd", b"0123456789")
    lying = whole.getvalue().replace((10).to_bytes(4, "little") * 2, (3).to_bytes(4, "little") * 2)
    path = tmp_path / "lying.zip"
    path.write_bytes(lying)
    with pytest.raises(ArchiveRefused, match="cannot be opened"):
        files_of(path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_damaged_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "damaged.zip"
    path.write_bytes(content)
    with pytest.raises(ArchiveRefused, match="cannot be opened"):
        files_of(path)


def test_nothing_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveRefused, match="there is no file"):
        files_of(tmp_path / "absent.zip")

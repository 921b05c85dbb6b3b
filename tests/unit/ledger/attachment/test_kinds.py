"""A file is taken for what it is, and for nothing else besides."""

from __future__ import annotations

import struct
import zlib

import pytest

from ledger.attachment.errors import (
    AttachmentActive,
    AttachmentRefused,
    AttachmentTypeMismatch,
    AttachmentTypeUntaken,
    FileNameInvalid,
)
from ledger.attachment.kind import HEAD_BYTES, KINDS, KindCheck
from ledger.attachment.name import NAME_CHARS_MAX, safe_name

ARCHIVE_END = b"PK\x05\x06" + bytes(18)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(200) + b"\xff\xd9"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF\n"
CSV = "\ufefflot;value;unit\nL-1;12,5;°C\n".encode()


def png(extra: bytes = b"") -> bytes:
    def part(kind: bytes, content: bytes) -> bytes:
        code = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + code

    head = part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    body = part(b"tEXt", extra) + part(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + head + body + part(b"IEND", b"")


def webp(content: bytes = b"VP8 " + bytes(20)) -> bytes:
    return b"RIFF" + struct.pack("<I", len(content) + 4) + b"WEBP" + content


SAMPLES = {
    "application/pdf": PDF,
    "image/png": png(),
    "image/jpeg": JPEG,
    "image/webp": webp(),
    "image/tiff": b"II*\x00" + bytes(100),
    "text/csv": CSV,
    "text/plain": b"All good.\r\n",
}


def look(mime_code: str, content: bytes, part_bytes: int = 10_000) -> None:
    check = KindCheck(mime_code)
    for start in range(0, len(content), part_bytes):
        check.take(content[start : start + part_bytes])
    check.end()


def test_there_is_a_sample_of_every_type() -> None:
    assert SAMPLES.keys() == KINDS.keys()


@pytest.mark.parametrize("mime_code", SAMPLES)
@pytest.mark.parametrize("part_bytes", [1, 7, 10_000])
def test_sample_is_taken_however_it_arrives(mime_code: str, part_bytes: int) -> None:
    look(mime_code, SAMPLES[mime_code], part_bytes)


@pytest.mark.parametrize("said", SAMPLES)
@pytest.mark.parametrize("is_really", SAMPLES)
def test_file_of_another_type_is_refused(said: str, is_really: str) -> None:
    if said == is_really or {said, is_really} == {"text/csv", "text/plain"}:
        return
    if said.startswith("text/") and is_really == "application/pdf":
        return  # This sample of a PDF is text as well, and shown by nobody as anything else.
    with pytest.raises(AttachmentTypeMismatch) as caught:
        look(said, SAMPLES[is_really])
    assert caught.value.context == {"mime_code": said}


@pytest.mark.parametrize(
    "mime_code",
    ["image/svg+xml", "text/html", "application/zip", "application/x-msdownload", "", "IMAGE/PNG"],
)
def test_other_types_are_not_taken(mime_code: str) -> None:
    with pytest.raises(AttachmentTypeUntaken) as caught:
        KindCheck(mime_code)
    assert "application/pdf" in caught.value.context["taken"]


@pytest.mark.parametrize("part_bytes", [1, 13, 100_000])
@pytest.mark.parametrize(
    ("mime_code", "content"),
    [
        ("image/png", png(b"Comment\0<script>alert(1)</script>")),
        ("image/jpeg", JPEG[:30] + b"<HTML>" + JPEG[30:]),
        ("image/jpeg", JPEG + b"PK\x03\x04" + ARCHIVE_END + JPEG[-2:]),
        ("application/pdf", PDF + ARCHIVE_END + b"%%EOF"),
        ("application/pdf", PDF[:9] + b" " * 90_000 + b"/OpenAction << /S /JavaScript >>" + PDF),
        ("application/pdf", PDF[:9] + b"<< /S /Launch /F (calc) >>" + PDF),
        ("text/csv", b"a;b\n" * 5_000 + b"<script>x</script>"),
        ("text/plain", b"  <svg xmlns='x'>"),
        ("text/plain", b"<?xml version='1.0'?>"),
        ("text/plain", b"#!/bin/sh\nrm -rf /\n"),
    ],
)
def test_file_that_is_something_else_besides_is_refused(
    mime_code: str, content: bytes, part_bytes: int
) -> None:
    with pytest.raises(AttachmentActive):
        look(mime_code, content, part_bytes)


@pytest.mark.parametrize(
    ("mime_code", "content"),
    [
        ("application/pdf", b"MZ" + PDF),
        ("application/pdf", b"junk\n" + PDF),
        ("application/pdf", PDF[:-8]),
        ("image/png", png() + b"behind"),
        ("image/png", png()[:-1]),
        ("image/webp", webp() + b"behind it"),
        ("image/jpeg", JPEG[:-2]),
        ("image/tiff", b"II*\x00"),
        ("text/plain", b"\x7fELF\x02\x01"),
        ("text/plain", b"zero \x00"),
        ("text/csv", "Gr\u00fc\u00dfe".encode("latin-1")),
        ("text/csv", CSV[:-4]),
    ],
)
def test_damaged_or_disguised_file_is_refused(mime_code: str, content: bytes) -> None:
    if content == CSV[:-4]:
        content = CSV[: CSV.index("°".encode()) + 1]  # Half a character at its end.
    with pytest.raises(AttachmentTypeMismatch):
        look(mime_code, content)


def test_beginning_is_judged_before_the_rest_arrives() -> None:
    check = KindCheck("image/jpeg")
    with pytest.raises(AttachmentActive):
        check.take(JPEG[:30] + b"<!DOCTYPE html>" + bytes(HEAD_BYTES))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Certificate 17.PDF", "Certificate 17.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\coa.pdf", "coa.pdf"),
        ("con.pdf", "_con.pdf"),
        ("a\x00b\r\nc\u202e.pdf", "abc.pdf"),
        ('q"uo<te>.pdf', "q_uo_te_.pdf"),
        ("..hidden.pdf", "hidden.pdf"),
        ("Pru\u0308fbericht \u00b5.pdf", "Pr\u00fcfbericht \u00b5.pdf"),
        ("x" * 300 + ".pdf", "x" * (NAME_CHARS_MAX - 4) + ".pdf"),
        ("virus.exe.pdf", "virus.exe.pdf"),
    ],
)
def test_name_is_made_safe(text: str, name: str) -> None:
    assert safe_name(text, "application/pdf") == name


@pytest.mark.parametrize("text", ["coa.pdf.exe", "coa.html", "coa.svg", "page.pdf/x.htm"])
def test_name_of_another_type_is_refused(text: str) -> None:
    with pytest.raises(AttachmentTypeMismatch):
        safe_name(text, "application/pdf")


@pytest.mark.parametrize("text", ["", "pdf", ".pdf", "...", "/", "\x00.pdf"])
def test_name_of_which_nothing_is_left_is_refused(text: str) -> None:
    with pytest.raises(FileNameInvalid) as caught:
        safe_name(text, "application/pdf")
    assert isinstance(caught.value, AttachmentRefused)

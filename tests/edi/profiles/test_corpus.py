"""Profiles are proposed from, and tried with, public files that nobody here wrote."""

from __future__ import annotations

import os
from pathlib import Path

from gateway.connectors.message import ConnectorRefused, Finding
from gateway.connectors.profile.learning import learn
from gateway.connectors.profile.partner import read_partner
from gateway.connectors.profile.trial import compare

FOLDERS = ("x12", "edifact", "csv-xlsx")
EVERY = 1 if os.environ.get("DEEP") else 8
BYTES_MAX = 1 << 20


def _learned(name: str, content: bytes) -> tuple[str, tuple[Finding, ...]]:
    try:
        return learn([(name, content)], "acme", "1"), ()
    except ConnectorRefused as refused:
        return "", refused.findings


def test_a_profile_is_proposed_from_every_file_that_can_be_read(shared: Path) -> None:
    files = [
        path
        for folder in FOLDERS
        for path in sorted((shared / "corpus" / folder).rglob("*"))
        if path.is_file() and path.stat().st_size <= BYTES_MAX
    ]
    proposed = compared = 0
    for path in files[::EVERY]:
        content = path.read_bytes()
        text, findings = _learned(path.name, content)
        assert bool(text) != bool(findings)
        assert all(found.what_to_do for found in findings), path
        if not text:
            continue
        partner = read_partner(text.encode())
        proposed += 1
        for each in compare(partner, content):
            compared += 1
            assert each.is_same or not each.is_readable, path
            assert all(found.what_to_do for found in each.findings), path
    assert proposed > len(files[::EVERY]) // 2
    assert compared

#!/usr/bin/env python3
"""Fetch Peppol's published rules, which the benchmark and some tests check with.

They are the business of their publisher and no part of this repository: one archive of Maven
Central, of one version, known by its digest, into build/peppol.
"""

import hashlib
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "phive-rules-peppol"
VERSION = "4.3.7"
SHA256 = "c82aaeda5ca16166034421393d160ec6cf77460b16e027eecc4bb5fe67a552ce"
ARCHIVE = ROOT / "build/peppol" / f"{NAME}-{VERSION}.jar"
REPOSITORY = "https://repo1.maven.org/maven2"


class FetchFailed(Exception):
    """The archive cannot be had, or is another one."""


def fetch() -> Path:
    """Give the archive, fetched when it is not there.

    Raises
    ------
    FetchFailed
        If it cannot be reached, or is not the one that is expected.
    """
    if ARCHIVE.is_file() and _digest(ARCHIVE.read_bytes()) == SHA256:
        return ARCHIVE
    repository = os.environ.get("MAVEN_REPOSITORY", REPOSITORY).rstrip("/")
    url = f"{repository}/com/helger/phive/rules/{NAME}/{VERSION}/{ARCHIVE.name}"
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            content = answer.read(64 * 1024 * 1024)
    except (urllib.error.URLError, TimeoutError, OSError) as error:
        raise FetchFailed(f"{url}: {error}") from None
    if _digest(content) != SHA256:
        raise FetchFailed(f"{url} is not the archive with SHA-256 {SHA256}")
    ARCHIVE.parent.mkdir(parents=True, exist_ok=True)
    partial = ARCHIVE.with_suffix(f".{os.getpid()}")
    partial.write_bytes(content)
    partial.replace(ARCHIVE)
    return ARCHIVE


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    try:
        print(f"peppol  {fetch().relative_to(ROOT)}")
    except FetchFailed as failure:
        sys.exit(f"peppol  {failure}")

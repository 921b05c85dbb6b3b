#!/usr/bin/env python3
"""Build the IPFS daemon that the vault's tests speak to: Kubo, by Go, into build/kubo.

Which version is said by tests/ipfs/go.mod, and what its sources hash to by go.sum beside it.
Nothing is built where it was built before, and nothing where there is no Go: its tests are left out
then.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULE = ROOT / "tests/ipfs"
BINARY = ROOT / "build/kubo/ipfs"
PACKAGE = "github.com/ipfs/kubo/cmd/ipfs"


def main() -> int:
    """Build it, unless it is there."""
    go = shutil.which("go")
    if go is None:
        print("kubo   there is no Go here: tests that need an IPFS daemon will be skipped")
        return 0
    pinned = b"".join((MODULE / name).read_bytes() for name in ("go.mod", "go.sum"))
    stamp, wanted = BINARY.with_name("stamp"), hashlib.sha256(pinned).hexdigest()
    if BINARY.exists() and stamp.exists() and stamp.read_text() == wanted:
        return 0
    BINARY.parent.mkdir(parents=True, exist_ok=True)
    print("kubo   building the IPFS daemon; this takes minutes, once", flush=True)
    command = [go, "build", "-trimpath", "-ldflags=-s -w", "-mod=readonly", "-o", BINARY, PACKAGE]
    built = subprocess.run([str(word) for word in command], cwd=MODULE, check=False)
    if built.returncode == 0:
        stamp.write_text(wanted)
    return built.returncode


if __name__ == "__main__":
    sys.exit(main())

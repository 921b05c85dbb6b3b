"""The portal's TypeScript says of documents what Python says of them."""

import os
import random
import re
import subprocess
from pathlib import Path
from typing import Any

from ledger.document import errors
from ledger.document.canonical import canonical_json
from ledger.document.proof import commit_fields
from ledger.lifecycle import is_opening
from ledger.vault import errors as vault_errors

ROOT = Path(__file__).resolve().parents[2]
PORTAL = ROOT / "portal"
CASES = 300


def run(*command: str, given: str = "") -> str:
    """Run a command with the project's own Node; show what a failure says."""
    done = subprocess.run(
        [ROOT / ".venv/bin" / command[0], *command[1:]],
        cwd=PORTAL,
        env=os.environ | {"PATH": f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"},
        input=given.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    return done.stdout.decode()


def test_portal_agrees_with_the_shared_vectors() -> None:
    said = run("npm", "run", "--silent", "test")
    passed = re.search(r"^. pass (\d+)$", said, re.MULTILINE)
    assert passed, said
    assert int(passed[1]) > 0


def test_portal_commits_to_any_document_as_python_does() -> None:
    rng = random.Random(20)
    given, roots = [], []
    for _ in range(CASES):
        seed, fields = rng.randbytes(32), some_fields(rng, 4)
        given.append(f"{seed.hex()}\t{canonical_json(fields).decode()}")
        roots.append(commit_fields(fields, seed).root.hex())
    flags = ("--disable-warning=ExperimentalWarning", "--experimental-strip-types")
    assert run("node", *flags, "test/commitments.ts", given="\n".join(given)).split() == roots


def some_fields(rng: random.Random, depth: int) -> dict[str, Any]:
    """Draw an object with one to six fields, of any kind that documents may have."""
    names = ["a", "ab", "a_1", "z", "b0", "id", "note", "order_line"]
    return {name: some_value(rng, depth) for name in rng.sample(names, rng.randint(1, 6))}


def some_value(rng: random.Random, depth: int) -> Any:
    match rng.randint(0, 6 if depth else 4):
        case 0:
            return rng.choice([0, -1, 1, 2**53 - 1, 1 - 2**53, rng.randint(-(10**12), 10**12)])
        case 1:
            return rng.random() < 0.5
        case 2:
            return {}
        case 3 | 4:
            return "".join(some_character(rng) for _ in range(rng.randint(0, 12)))
        case 5:
            return some_fields(rng, depth - 1)
        case _:
            return [some_value(rng, depth - 1) for _ in range(rng.randint(1, 12))]


def some_character(rng: random.Random) -> str:
    """Draw a character: control, ASCII, or of any plane but the surrogates."""
    ranges = [(1, 0x1F), (0x20, 0x7F), (0x80, 0xD7FF), (0xE000, 0xFFFF), (0x10000, 0x10FFFF)]
    return chr(rng.randint(*rng.choice(ranges)))


def test_portal_names_only_errors_that_python_names() -> None:
    listed = (PORTAL / "src/document/errors.ts").read_text().partition("ERROR_NAMES = [")[2]
    names = set(re.findall(r'"(\w+)"', listed.partition("]")[0]))
    known = set(vars(errors)) | set(vars(vault_errors))
    assert names
    assert names <= known


def test_portal_reads_the_actions_that_open_a_delivery_as_python_does() -> None:
    source = (PORTAL / "src/document/actions.ts").read_text()
    listed = re.search(r"OPENING[^\[]+\[([\d, ]+)\]", source)
    assert listed
    assert [int(each) for each in listed[1].split(",")] == [
        action for action in range(1, 128) if is_opening(action)
    ]

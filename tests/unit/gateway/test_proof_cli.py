"""`consign proof` checks offline against what its reader trusts, and says what it found."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.cli import app
from ledger.document.merkle import document_root, leaf_digest
from ledger.document.proof import FieldProof, ProvenField
from ledger.inclusion import Inclusion

VECTORS = Path(__file__).resolve().parents[3] / "contracts/spec/vectors"
FIELDS: Any = json.loads((VECTORS / "document_proof.json").read_text())
BLOCKS: Any = json.loads((VECTORS / "document_block.json").read_text())
FIELD = bytes.fromhex(FIELDS["valid"][0]["proof"])
BATCH, REFUSED, ALONE = (bytes.fromhex(case["proof"]) for case in BLOCKS["valid"])
BATCH_HASH, REFUSED_HASH, ALONE_HASH = (case["block_hash"] for case in BLOCKS["valid"])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the proof is."""
    return tmp_path / "document.proof"


def test_proof_of_a_field_is_checked_against_a_commitment(file: Path) -> None:
    file.write_bytes(FIELD)
    code, said = _run("verify", file, "--commitment", "0x" + FIELDS["commitment"])
    assert code == 0
    assert said.splitlines()[:2] == ['/id: "PO-34"', "It holds: the document says so."]
    code, said = _run("verify", file, "--commitment", FIELDS["commitment"], "--json")
    told = json.loads(said)
    assert told["fields"] == {"/id": "PO-34"}
    assert told["verify_ms"] > 0


def test_proof_of_a_block_is_checked_against_its_hash(file: Path) -> None:
    file.write_bytes(BATCH)
    known = ("--block-hash", BATCH_HASH, "--contract", BLOCKS["ledger"])
    code, said = _run("verify", file, *known)
    assert code == 0, said
    assert '/reason: "frost"' in said
    assert "18 of 40: issue A1-1-O17." in said
    assert "It holds." in said
    code, said = _run("verify", file, *known, "--json")
    assert json.loads(said)["number"] == 17


def test_document_that_had_no_effect_is_called_so(file: Path) -> None:
    file.write_bytes(REFUSED)
    code, said = _run("verify", file, "--block-hash", REFUSED_HASH)
    assert code == 0
    assert "had no effect" in said
    assert "compare, with --home or --contract" in said


@pytest.mark.parametrize(
    ("content", "known", "problem"),
    [
        (FIELD, ["--commitment", "11" * 32], "ProofMismatch"),
        (FIELD[:-1], ["--commitment", FIELDS["commitment"]], "ProofMalformed"),
        (b"", ["--commitment", FIELDS["commitment"]], "ProofMalformed"),
        (BATCH, ["--block-hash", ALONE_HASH], "another block"),
        (BATCH, ["--block-hash", BATCH_HASH, "--contract", "0x00"], "Another contract"),
        (BATCH, ["--block-hash", BATCH_HASH, "--commitment", "11" * 32], "another document"),
        (BATCH[:-1], ["--block-hash", BATCH_HASH], "ProofMalformed"),
    ],
)
def test_proof_that_does_not_hold_is_called_by_its_error(
    file: Path, content: bytes, known: list[str], problem: str
) -> None:
    file.write_bytes(content)
    code, said = _run("verify", file, *known)
    assert code == 1, said
    assert problem in said


def test_reader_has_to_say_what_it_trusts(file: Path) -> None:
    for content, option in ((FIELD, "--commitment"), (BATCH, "--block-hash")):
        file.write_bytes(content)
        code, said = _run("verify", file)
        assert code == 2
        assert f"say {option}" in said
    code, said = _run("verify", file, "--block-hash", "12")
    assert code == 2
    code, said = _run("verify", file.with_name("absent"), "--block-hash", BATCH_HASH)
    assert code == 2
    code, said = _run("verify", file, "--node", "http://127.0.0.1:1")
    assert code == 2


def test_file_that_is_too_large_is_not_read(file: Path) -> None:
    with file.open("wb") as large:
        large.truncate(1 << 30)
    code, said = _run("verify", file, "--commitment", FIELDS["commitment"])
    assert code == 1
    assert "too large" in said


def test_claims_are_shown_without_being_checked(file: Path) -> None:
    file.write_bytes(replace(Inclusion.from_bytes(BATCH), position=3).to_bytes())
    code, said = _run("show", file)
    assert code == 0
    assert "0x" + BATCH_HASH in said
    file.write_bytes(b"\1nothing")
    assert _run("show", file)[0] == 2


def test_what_a_proof_says_cannot_write_to_the_terminal(file: Path) -> None:
    value = '"\x7f[red]\N{RIGHT-TO-LEFT OVERRIDE}\x9b2J"'
    field = ProvenField(0, "/a", value, bytes(32))
    root = document_root(1, leaf_digest(bytes(32), f"/a\n{value}"))
    file.write_bytes(FieldProof(1, (field,), ()).to_bytes())
    code, said = _run("verify", file, "--commitment", root.hex())
    assert code == 0
    assert said.splitlines()[0] == r'/a: "\u007f[red]\u202e\u009b2J"'


def _run(command: str, *arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["proof", command, *map(str, arguments)])
    return result.exit_code, result.output

"""Write contracts/spec/vectors/document_block.json anew; run it by hand when the format changes.

Keys and times are a chain's own, so that the vectors change with every run.
"""

import asyncio
import json
import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ledger.archive import rlp
from ledger.document.manifest import prove_inclusion
from ledger.document.proof import prove_fields
from ledger.embedded import EmbeddedChain
from ledger.inclusion import Inclusion, verify_recorded
from tests.recordings import COMMITMENTS, FIELDS, POSITION, SEED, Story, recorded

VECTORS = Path(__file__).resolve().parents[3] / "contracts/spec/vectors"


def main() -> None:
    """Record documents on a chain and write the proofs of it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedChain(Path(folder), port=0, block_time_s=0.02) as chain,
    ):
        story = asyncio.run(recorded(chain.url))
    content = {"ledger": story.ledger, "valid": valid(story), "invalid": invalid(story)}
    (VECTORS / "document_block.json").write_text(json.dumps(content, indent=1) + "\n")


def valid(story: Story) -> list[dict[str, Any]]:
    """Prove a document of a batch with a field of it, a refused one, and one signed alone."""
    shown = replace(story.batch, fields=prove_fields(FIELDS, SEED, ["/reason"]))
    return [
        case("in a batch, with a field", shown, story.block_hash),
        case("refused by the ledger", story.refused, story.blocks["refused"]),
        case("signed by itself", story.intent, story.blocks["intent"]),
    ]


def case(name: str, proof: Inclusion, block_hash: bytes) -> dict[str, Any]:
    """Say what a proof proves; digests are left out, except those that it is held against."""
    told = asdict(verify_recorded(proof, block_hash))
    return {
        "name": name,
        "block_hash": block_hash.hex(),
        "proof": proof.to_bytes().hex(),
        "recorded": {key: value for key, value in told.items() if not isinstance(value, bytes)},
    }


def invalid(story: Story) -> list[dict[str, str]]:
    """Break the proof of the batch's document in one way each."""
    proof, content = story.batch, story.batch.to_bytes()
    moved = replace(proof, siblings=prove_inclusion(COMMITMENTS, POSITION + 1).siblings)
    items = rlp.decode_list(content[1:])
    rows = [
        ("another block", story.intent.to_bytes(), "ProofMismatch"),
        ("another commitment", replace(proof, commitment=COMMITMENTS[0]), "ProofMismatch"),
        ("another position", replace(proof, position=POSITION + 1), "ProofMismatch"),
        ("siblings of another position", moved, "ProofMismatch"),
        ("another transaction", replace(proof, transaction=1), "ProofMalformed"),
        ("another log", replace(proof, log=9), "ProofMalformed"),
        ("one sibling short", replace(proof, siblings=proof.siblings[1:]), "ProofMalformed"),
        ("position beyond the batch", replace(proof, position=4_000), "ProofMalformed"),
        ("no nodes", replace(proof, nodes=()), "ProofMalformed"),
        ("cut", content[:-1], "ProofMalformed"),
        ("one part short", b"\2" + rlp.encode(items[:-1]), "ProofMalformed"),
        ("unknown version", b"\3" + content[1:], "ProofMalformed"),
        ("empty", b"", "ProofMalformed"),
    ]
    spelled = [(n, p if isinstance(p, bytes) else p.to_bytes(), e) for n, p, e in rows]
    return [{"name": n, "proof": p.hex(), "error": error} for n, p, error in spelled]


if __name__ == "__main__":
    main()

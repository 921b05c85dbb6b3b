"""Calldata is read as the contract reads it, however oddly it was written."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from eth_abi.abi import encode

from ledger.action import Action, pack_actions
from ledger.archive.calldata import SUBMIT, batches_in, intents_in, step_in
from ledger.archive.export import export
from ledger.archive.network import Network
from ledger.archive.verification import verify
from ledger.archive.words import WORD, words
from ledger.client import Client
from ledger.contracts import encode_agree, encode_submit, encode_submit_intents, selector
from ledger.errors import Corrupt
from ledger.intent import ZERO, AgreementStep, Batch, Intent, struct_hash
from ledger.role import Role
from tests.chain import FAR_FUTURE_S, found
from tests.chain import Network as Trial
from tests.simulation.bare_chain import BareChain

BATCHES = [
    Batch(7, 9, 1 << 255, b"\1" * 32, b"\2" * 32, b"actions" * 100),
    Batch(2**32 - 1, 2**64 - 1, 0, ZERO, ZERO, b""),
]
INTENTS = [
    Intent(1, 2, 3, 4, 5, 6, 7, b"\1" * 32, b"\2" * 32),
    Intent(2**32 - 1, 2**64 - 1, 255, 2**32 - 1, 2**32 - 1, 2**64 - 1, 2**256 - 1),
]
STEP = AgreementStep(1, 2, 3, (4, 5, 6, 7, 8), 9, b"\1" * 32, b"\2" * 32, 10, 11)
SIGNATURES = [b"\3" * 65, b""]


def test_batches_are_read_as_they_were_written() -> None:
    read = list(batches_in(encode_submit(BATCHES, SIGNATURES)))
    assert [each.struct_hash for each in read] == list(map(struct_hash, BATCHES))
    assert [each.actions for each in read] == [each.actions for each in BATCHES]
    assert [each.signature for each in read] == SIGNATURES
    assert [each.number(2) for each in read] == [each.nonce for each in BATCHES]


def test_intents_are_read_as_they_were_written() -> None:
    read = list(intents_in(encode_submit_intents(INTENTS, SIGNATURES)))
    assert [each.struct_hash for each in read] == list(map(struct_hash, INTENTS))
    assert [each.signature for each in read] == SIGNATURES


def test_step_is_read_as_it_was_written() -> None:
    read = step_in(encode_agree(STEP, SIGNATURES[0]))
    assert read.struct_hash == struct_hash(STEP)
    assert read.signature == SIGNATURES[0]


@pytest.mark.parametrize("size", [4, 36, 100, 68])
def test_calldata_that_is_cut_short_says_nothing_or_is_refused(size: int) -> None:
    """The contract would have reverted: what matters is that reading ends."""
    data = encode_submit(BATCHES, SIGNATURES)[:size]
    with contextlib.suppress(Corrupt):
        assert len(list(batches_in(data))) <= len(BATCHES)


def test_calldata_with_more_members_than_words_is_refused() -> None:
    data = SUBMIT + words(2 * WORD, 2 * WORD, 1 << 200)
    with pytest.raises(Corrupt, match="more members than words"):
        list(batches_in(data))


@pytest.fixture
async def trial(still_chain: BareChain) -> AsyncIterator[Trial]:
    """A network of two."""
    async with Client(still_chain.url) as client, still_chain.mining():
        trial = await found(client)
        await trial.admit()
        await trial.admit(Role.SUPPLIER)
        yield trial


async def test_offsets_that_lead_backwards_are_followed(trial: Trial, tmp_path: Path) -> None:
    batch = await _issue(trial)
    receipt = await trial.send(
        trial.council, trial.deployment.order_ledger, _backwards(trial, batch)
    )
    assert receipt.is_success
    assert len(receipt.logs) == 1
    assert await _events(trial, tmp_path) == 2 + 3


async def test_batch_that_begins_before_the_calldata_is_followed(
    trial: Trial, tmp_path: Path
) -> None:
    """Its first word is read as zero, nobody; its deadline is the call's first word, long ago."""
    await trial.agreement((1, 2, 0, 0, 0))
    batches = SUBMIT + words(2 * WORD, 4 * WORD, 1)
    offset = (-4 * WORD).to_bytes(WORD, signed=True)
    data = batches + offset + words(1, WORD, 0) + bytes(8 * WORD)
    receipt = await trial.send(trial.council, trial.deployment.order_ledger, data)
    assert receipt.is_success
    assert len(receipt.logs) == 1
    assert await _events(trial, tmp_path) == 2


async def test_endpoint_that_is_no_text_is_followed(trial: Trial, tmp_path: Path) -> None:
    await trial.agreement((1, 2, 0, 0, 0))
    call = encode(("uint32", "bytes"), (1, b"\xff\xfe\0"))
    data = selector("setEndpoint(uint32,string)") + call
    receipt = await trial.send(trial.keys[1], trial.deployment.registry, data)
    assert receipt.is_success
    assert await _events(trial, tmp_path) == 2


async def test_number_too_wide_for_its_type_is_undone_by_the_contract(
    trial: Trial, tmp_path: Path
) -> None:
    batch = await _issue(trial)
    data = _backwards(trial, batch, organisation=1 << 32 | batch.organisation)
    receipt = await trial.send(trial.council, trial.deployment.order_ledger, data)
    assert not receipt.is_success
    assert await _events(trial, tmp_path) == 2


async def _issue(trial: Trial) -> Batch:
    agreement = await trial.agreement((1, 2, 0, 0, 0))
    actions = pack_actions([Action(agreement, 1, number) for number in range(3)])
    return Batch(1, FAR_FUTURE_S, trial.nonce(), ZERO, ZERO, actions)


async def _events(trial: Trial, folder: Path) -> int:
    network, path = Network.of(trial.deployment), folder / "a.archive"
    head = await export(trial.client, network, path)
    return verify(path, network=network, head_hash=head.hash).tally.events


def _backwards(trial: Trial, batch: Batch, organisation: int = 0) -> bytes:
    """Write a call whose every part stands before what points to it, but for the two arrays."""
    parts: list[bytes] = [b"", b""]

    def put(data: bytes) -> int:
        """Add a part; gives where it stands behind the selector."""
        parts.append(data)
        return sum(map(len, parts)) - len(data) + 2 * WORD

    def counted(data: bytes) -> bytes:
        return words(len(data)) + data + bytes(-len(data) % WORD)

    def signed(offset: int) -> bytes:
        return offset.to_bytes(WORD, signed=True)

    actions, signature = put(counted(batch.actions)), put(counted(trial.sign(batch)))
    at = put(b"")
    fields = words(organisation or batch.organisation, batch.deadline, batch.nonce, 0, 0)
    put(fields + signed(actions - at))
    batches = put(b"")
    put(words(1) + signed(at - batches - WORD))
    signatures = put(b"")
    put(words(1) + signed(signature - signatures - WORD))
    return SUBMIT + words(batches, signatures) + b"".join(parts)

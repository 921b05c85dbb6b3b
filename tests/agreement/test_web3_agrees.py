"""web3.py, which shares no code with our bindings, comes to the same bytes and the same events."""

from __future__ import annotations

import pytest
from hexbytes import HexBytes
from web3 import Web3
from web3.logs import DISCARD

from ledger.action import Action, pack_actions
from ledger.client import Client
from ledger.contracts import encode_agree, encode_submit, encode_submit_intents, struct
from ledger.contracts_artifact import load_contract
from ledger.embedded import EmbeddedChain
from ledger.event import OrganisationAdmitted
from ledger.intent import AgreementStep, Batch, Intent
from ledger.log import decode_logs
from ledger.role import Role
from tests.chain import found

BATCH = Batch(
    organisation=7,
    deadline=2_000_000_000,
    nonce=3,
    documents_root=bytes(range(32)),
    manifest=bytes(32),
    actions=pack_actions([Action(7 << 32 | 1, 3, number, 0) for number in (1, 2, 3, 70)]),
)
INTENT = Intent(7, 7 << 32 | 1, 34, 9, 4, 2_000_000_000, 5, b"\x01" * 32, b"\x02" * 32)
STEP = AgreementStep(
    7, 7 << 32 | 1, 1, (7, 8, 0, 0, 9), 30, b"\x03" * 32, bytes(32), 2_000_000_000, 1 << 200
)


@pytest.mark.parametrize(
    ("function", "ours", "arguments"),
    [
        ("submit", encode_submit([BATCH, BATCH], [b"", b"\x05" * 65]), ([BATCH, BATCH], 2)),
        ("submitIntents", encode_submit_intents([INTENT], [b"\x06" * 65]), ([INTENT], 1)),
        ("agree", encode_agree(STEP, b"\x07" * 65), None),
    ],
)
def test_calldata_is_what_web3_encodes(
    function: str, ours: bytes, arguments: tuple[list[Batch | Intent], int] | None
) -> None:
    contract = Web3().eth.contract(abi=load_contract("OrderLedger").abi)
    if arguments is None:
        theirs = contract.encode_abi(function, [struct(STEP), b"\x07" * 65])
    else:
        values, count = arguments
        signatures = [b"", b"\x05" * 65] if count == 2 else [b"\x06" * 65]
        theirs = contract.encode_abi(function, [[struct(each) for each in values], signatures])
    assert "0x" + ours.hex() == str(theirs)


async def test_events_are_what_web3_reads(shared_chain: EmbeddedChain) -> None:
    async with Client(shared_chain.url) as client:
        network = await found(client)
        await network.admit(Role.CARRIER)
        logs = await client.logs([network.deployment.registry], network.deployment.block)
    (event,) = [each for each in decode_logs(logs) if isinstance(each, OrganisationAdmitted)]
    web3 = Web3(Web3.HTTPProvider(shared_chain.url))
    registry = web3.eth.contract(
        address=Web3.to_checksum_address(event.contract), abi=load_contract("OrgRegistry").abi
    )
    receipt = web3.eth.get_transaction_receipt(HexBytes(event.tx_hash))
    (read,) = registry.events.OrganisationAdmitted().process_receipt(receipt, errors=DISCARD)
    assert dict(read["args"]) == {
        "organisation": event.organisation,
        "roles": event.roles,
        "name": event.name,
        "endpoint": event.endpoint,
    }
    assert read["logIndex"] == event.log_index

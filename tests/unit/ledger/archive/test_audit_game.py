"""Whatever a game makes of the contracts, the audit makes of what was signed."""

from dataclasses import replace

import pytest

from ledger.archive.audit import Audit
from ledger.archive.proof import ProvenBlock
from ledger.fact import read_facts
from ledger.fault import ArchiveFalse
from ledger.log import decode_logs
from tests.simulation.ledger.chain import chain
from tests.simulation.ledger.game import Game
from tests.unit.ledger.archive.played import blocks_of, network_of

ACTIONS = 1_500


@pytest.mark.parametrize("seed", [1, 20260])
@pytest.mark.timeout(300)
def test_audit_follows_every_transaction_of_a_game(seed: int) -> None:
    with chain() as node:
        game = Game(node, seed)
        tally = game.play(ACTIONS)
        blocks = blocks_of(node)
    audit = Audit(network_of(*game.duel.addresses.values()))
    for block in blocks:
        audit.take(block)
    assert audit.tally.events == _facts_in(blocks, game)
    assert audit.tally.refused > tally.errors["OrderUnexpectedState"] > 0
    assert audit.tally.by_accounts > 0
    assert audit.tally.through_contracts > 0
    assert audit.tally.signatures > 0
    assert audit.tally.members > 0
    _require_every_log_counts(blocks, game)


def _facts_in(blocks: list[ProvenBlock], game: Game) -> int:
    """Count what the indexer would remember of the ledger's logs."""
    ledger = bytes.fromhex(game.duel.addresses["OrderLedger"][2:])
    logs = [
        log.placed(block.header, block.transactions[place].hash, index)
        for block in blocks
        for place, receipt in enumerate(block.receipts)
        for index, log in enumerate(receipt.logs)
        if log.address == ledger
    ]
    records, _ = read_facts(decode_logs(logs))
    return sum(len(record.facts) for record in records)


def _require_every_log_counts(blocks: list[ProvenBlock], game: Game) -> None:
    """Leave out one log after the other: whichever it is, the audit misses it."""
    found = 0
    network = network_of(*game.duel.addresses.values())
    ledger = bytes.fromhex(network.order_ledger[2:])
    places = [
        (number, place, log)
        for number, block in enumerate(blocks)
        for place, receipt in enumerate(block.receipts)
        for log, told in enumerate(receipt.logs)
        if told.address == ledger and block.transactions[place].to == ledger
    ]
    for number, place, log in places[:: max(1, len(places) // 8)]:
        receipts = list(blocks[number].receipts)
        logs = receipts[place].logs
        receipts[place] = replace(receipts[place], logs=logs[:log] + logs[log + 1 :])
        audit = Audit(network)
        for block in blocks[:number]:
            audit.take(block)
        with pytest.raises(ArchiveFalse) as problem:
            audit.take(replace(blocks[number], receipts=receipts))
        assert problem.value.arguments["block"] == blocks[number].header.number
        found += 1
    assert found >= 8

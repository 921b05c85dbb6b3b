"""All that the ledger must have in storage, slot by slot, worked out from the model."""

from functools import cache

from eth_abi.abi import encode
from eth_hash.auto import keccak

from ledger.contracts_artifact import load_contract
from tests.oracles.ledger.ledger import Ledger
from tests.oracles.ledger.table import SEATS, index_of


def expected_words(ledger: Ledger) -> dict[int, int]:
    """Give every slot of the ledger that is not zero."""
    words: dict[int, int] = {}
    _put_states(words, "_book.orders", "order", ledger.orders.states)
    _put_states(words, "_book.deliveries", "delivery", ledger.deliveries.states)
    base = _base("_book.ordersOfDeliveries")
    for (agreement, number), order in ledger.deliveries.links.items():
        slot = _mapped(agreement * 2**29 + number // 8, base)
        words[slot] = words.get(slot, 0) + order * 2 ** (32 * (number % 8))
    _put_agreements(words, ledger)
    base = _base("_nonces")
    for organisation, nonce in ledger.authority.nonces:
        slot = _mapped(nonce // 256, _mapped(organisation, base))
        words[slot] = words.get(slot, 0) + 2 ** (nonce % 256)
    return {slot: word for slot, word in words.items() if word}


def _put_states(
    words: dict[int, int], label: str, machine: str, states: dict[tuple[int, int], str]
) -> None:
    base = _base(label)
    for (agreement, number), state in states.items():
        slot = _mapped(agreement * 2**26 + number // 64, base)
        words[slot] = words.get(slot, 0) + index_of(machine, state) * 16 ** (number % 64)


def _put_agreements(words: dict[int, int], ledger: Ledger) -> None:
    base = _base("_book.agreements")
    for number, agreement in ledger.agreements.table.items():
        slot = _mapped(number, base)
        packed = sum(agreement.seats[seat] * 2 ** (32 * i) for i, seat in enumerate(SEATS))
        packed += index_of("agreement", agreement.state) * 2**160
        packed += agreement.unsigned_bits * 2**168
        packed += agreement.notice_days * 2**176
        packed += agreement.ends_at * 2**192
        words[slot] = packed
        words[slot + 1] = int.from_bytes(agreement.terms)
        words[slot + 2] = int.from_bytes(agreement.proposed_terms)


def _base(label: str) -> int:
    layout = load_contract("OrderLedger").storage_layout
    (slot,) = [int(item["slot"]) for item in layout if item["label"] == label]
    return slot


@cache
def _mapped(key: int, base: int) -> int:
    return int.from_bytes(keccak(encode(["uint256", "uint256"], [key, base])))

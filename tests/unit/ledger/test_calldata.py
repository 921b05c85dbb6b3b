"""Calldata of the busy functions is what a general encoder gives."""

from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

from ledger.calldata import encode_submit, encode_submit_intents
from ledger.contracts import FUNCTIONS, selector, struct
from ledger.intent import Batch, Intent, Signable

WORDS = st.binary(min_size=32, max_size=32)
SIGNATURES = st.one_of(st.just(b""), st.binary(min_size=65, max_size=65), st.binary(max_size=99))


def _uint(bits: int) -> st.SearchStrategy[int]:
    return st.integers(0, 2**bits - 1)


BATCHES = st.builds(Batch, _uint(32), _uint(64), _uint(256), WORDS, WORDS, st.binary(max_size=200))
INTENTS = st.builds(
    Intent,
    _uint(32),
    _uint(64),
    _uint(8),
    _uint(32),
    _uint(32),
    _uint(64),
    _uint(256),
    WORDS,
    WORDS,
)


def _general(function: str, pairs: list[tuple[Signable, bytes]]) -> bytes:
    types = FUNCTIONS[f"OrderLedger.{function}"]
    values = [struct(value) for value, _ in pairs], [signature for _, signature in pairs]
    return selector(f"{function}({','.join(types)})") + encode(types, values)


@given(st.lists(st.tuples(BATCHES, SIGNATURES), max_size=5))
def test_batches_are_encoded_as_by_the_general_encoder(pairs: list[tuple[Batch, bytes]]) -> None:
    fast = encode_submit([batch for batch, _ in pairs], [signature for _, signature in pairs])
    assert fast == _general("submit", [*pairs])


@given(st.lists(st.tuples(INTENTS, SIGNATURES), max_size=5))
def test_intents_are_encoded_as_by_the_general_encoder(pairs: list[tuple[Intent, bytes]]) -> None:
    intents = [intent for intent, _ in pairs]
    fast = encode_submit_intents(intents, [signature for _, signature in pairs])
    assert fast == _general("submitIntents", [*pairs])

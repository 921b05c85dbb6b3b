"""Calldata of the two functions that carry orders by the thousand.

The same bytes as a general ABI encoder gives (a test compares them), many times sooner: the words
of a struct are written where the encoder would look each type up.

::

    selector | 40 | offset of signatures | structs ... | signatures ...
"""

from collections.abc import Sequence
from typing import Final

from eth_hash.auto import keccak

from ledger.intent import Batch, Intent, member_types

_WORD: Final = 32
_BATCH_HEAD: Final = 6 * _WORD


def _selector(function: str, struct: str) -> bytes:
    return keccak(f"{function}(({','.join(member_types(struct))})[],bytes[])".encode())[:4]


_SUBMIT: Final = _selector("submit", "Batch")
_SUBMIT_INTENTS: Final = _selector("submitIntents", "Intent")


def encode_submit(batches: Sequence[Batch], signatures: Sequence[bytes]) -> bytes:
    """Record batches; an empty signature means that the sender is the key."""
    return _call(_SUBMIT, _array([_batch(each) for each in batches]), signatures)


def encode_submit_intents(intents: Sequence[Intent], signatures: Sequence[bytes]) -> bytes:
    """Record individually signed intents."""
    structs = b"".join([len(intents).to_bytes(_WORD), *map(intent_words, intents)])
    return _call(_SUBMIT_INTENTS, structs, signatures)


def intent_words(intent: Intent) -> bytes:
    """Give the words of an intent: its ABI encoding, which is also what its hash is over."""
    return b"".join(
        (
            intent.organisation.to_bytes(_WORD),
            intent.agreement.to_bytes(_WORD),
            intent.action.to_bytes(_WORD),
            intent.number.to_bytes(_WORD),
            intent.order.to_bytes(_WORD),
            intent.deadline.to_bytes(_WORD),
            intent.nonce.to_bytes(_WORD),
            intent.document,
            intent.manifest,
        )
    )


def _batch(batch: Batch) -> bytes:
    return b"".join(
        (
            batch.organisation.to_bytes(_WORD),
            batch.deadline.to_bytes(_WORD),
            batch.nonce.to_bytes(_WORD),
            batch.documents_root,
            batch.manifest,
            _BATCH_HEAD.to_bytes(_WORD),
            _bytes(batch.actions),
        )
    )


def _call(selector: bytes, structs: bytes, signatures: Sequence[bytes]) -> bytes:
    second = 2 * _WORD + len(structs)
    heads = (2 * _WORD).to_bytes(_WORD) + second.to_bytes(_WORD)
    return b"".join((selector, heads, structs, _array([_bytes(each) for each in signatures])))


def _array(elements: Sequence[bytes]) -> bytes:
    """Write elements of varying length: how many, where each begins, and the elements."""
    offset = _WORD * len(elements)
    heads = [len(elements).to_bytes(_WORD)]
    for element in elements:
        heads.append(offset.to_bytes(_WORD))
        offset += len(element)
    return b"".join((*heads, *elements))


def _bytes(data: bytes) -> bytes:
    return len(data).to_bytes(_WORD) + data + bytes(-len(data) % _WORD)

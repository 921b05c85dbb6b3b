"""What was signed is read back from the database as it was."""

import pytest

from ledger.intent import (
    ZERO,
    AgreementStep,
    Batch,
    Intent,
    LotStep,
    Opening,
    SealedBid,
    Signable,
    Withdrawal,
)
from ledger.signed_value import KINDS, freeze, freeze_call, thaw, thaw_call

ADDRESS = "0x" + "ab" * 20
VALUES = (
    Batch(1, 2**40, 2**256 - 1, b"\1" * 32, b"\2" * 32, b"\0\1\2"),
    Intent(1, 2**63 - 1, 3, 2**32 - 1, 5, 2**40, 7, b"\1" * 32, ZERO),
    AgreementStep(1, 2**33, 1, (1, 2, 0, 0, 0), 30, b"\3" * 32, ZERO, 2**40, 9),
    Opening(1, 2, ADDRESS, 2**90, 1, 2, 3, 4, b"\4" * 32, ZERO, (1, 2), 2**40, 3),
    SealedBid(1, 2, b"\5" * 32, 2**40, 3),
    LotStep(1, 2, 3, 4, b"\6" * 32, ZERO, 2**40, 5),
    Withdrawal(1, ADDRESS, 2**200, ADDRESS, 2**40, 5),
)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_what_was_signed_is_read_back(value: Signable) -> None:
    (kind,) = (name for name, model in KINDS.items() if model is type(value))
    nonce = value.nonce.to_bytes(32)
    assert thaw(kind, value.organisation, value.deadline, nonce, freeze(value)) == value


def test_the_arguments_of_a_call_are_read_back() -> None:
    call = {"auction": 2**53 + 1, "salt": "ab"}
    assert thaw_call(freeze_call(call)) == call

"""Who signed what a transaction carries, by the form of the signature."""

import pytest

from ledger.contracts import encode_submit
from ledger.intent import ZERO, Batch, Domain, digest
from ledger.key import SigningKey
from ledger.verification.history import Transaction
from ledger.verification.statement import Statement, statements_in

DOMAIN = Domain("OrderLedger", 1, "0x" + "11" * 20)
BATCH = Batch(1, 2**40, 1, ZERO, ZERO, b"")
ACCOUNT = bytes(range(1, 21))
KEY = SigningKey.create()
SENDER = "0x" + "22" * 20


def stated(signature: bytes) -> Statement:
    transaction = Transaction(
        sender=SENDER, to=DOMAIN.contract, data=encode_submit([BATCH], [signature])
    )
    (statement,) = statements_in(transaction, DOMAIN)
    return statement


def test_an_empty_signature_is_the_senders() -> None:
    assert (stated(b"").signer, stated(b"").proof) == (SENDER, None)


def test_an_accounts_signature_is_its_keys() -> None:
    statement = stated(KEY.sign(digest(DOMAIN, BATCH)))
    assert (statement.signer, statement.proof) == (KEY.address.lower(), None)


@pytest.mark.parametrize("proof", [b"", b"\7" * 44, b"\7" * 45, b"\7" * 300, b"\x1b"])
def test_a_contract_accounts_signature_names_it_and_carries_its_proof(proof: bytes) -> None:
    statement = stated(ACCOUNT + proof + b"\0")
    assert (statement.signer, statement.proof) == ("0x" + ACCOUNT.hex(), proof)
    assert statement.is_by_contract


@pytest.mark.parametrize(
    "signature", [ACCOUNT, ACCOUNT[1:] + b"\0", ACCOUNT + b"\7\1", b"\1" * 64, b"\0", b"\x1d" * 65]
)
def test_any_other_signature_is_nobodys(signature: bytes) -> None:
    assert (stated(signature).signer, stated(signature).proof) == ("", None)

"""Raw transactions are those that eth-account signs, and can be read back."""

from typing import Any

from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from ledger.key import SigningKey
from ledger.raw_transaction import Unsigned

SECRET = bytes(31) + b"\7"
KEY = SigningKey(SECRET)
TO = "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"
NUMBERS = st.integers(0, 2**64)
TRANSACTIONS = st.builds(
    Unsigned,
    chain_id=st.integers(1, 2**40),
    nonce=NUMBERS,
    max_fee=NUMBERS,
    tip=NUMBERS,
    gas=NUMBERS,
    to=st.sampled_from([TO, ""]),
    data=st.one_of(st.binary(max_size=70), st.binary(min_size=256, max_size=300)),
    value=NUMBERS,
    is_legacy=st.booleans(),
)


def _request(transaction: Unsigned) -> dict[str, Any]:
    price = transaction.max_fee
    fees = (
        {"gasPrice": price}
        if transaction.is_legacy
        else {"maxFeePerGas": price, "maxPriorityFeePerGas": transaction.tip, "type": 2}
    )
    return {
        "chainId": transaction.chain_id,
        "nonce": transaction.nonce,
        "gas": transaction.gas,
        "to": bytes.fromhex(transaction.to[2:]),
        "value": transaction.value,
        "data": transaction.data,
    } | fees


@given(TRANSACTIONS)
def test_a_transaction_is_signed_as_eth_account_does(transaction: Unsigned) -> None:
    signed = Account.sign_transaction(_request(transaction), SECRET)
    assert KEY.sign_unsigned(transaction) == bytes(signed.raw_transaction)


@given(TRANSACTIONS)
def test_a_raw_transaction_is_read_back(transaction: Unsigned) -> None:
    found = Unsigned.parse(KEY.sign_unsigned(transaction))
    fee = found.max_fee if transaction.is_legacy else transaction.tip
    assert found == transaction.at(transaction.max_fee, fee)

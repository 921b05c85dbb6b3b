"""What organisations signed, taken out of the transactions that carried it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from ledger.action import unpack_actions
from ledger.contracts import FUNCTIONS, selector
from ledger.errors import ActionsMalformed, SignatureMalformed
from ledger.intent import AgreementStep, Batch, Domain, Intent, digest
from ledger.key import recover
from ledger.verification.history import Transaction

Signed = Batch | Intent | AgreementStep


@dataclass(frozen=True, slots=True)
class Statement:
    """One signed thing.

    Parameters
    ----------
    digest : bytes
        Its EIP-712 digest, computed anew.
    value : Batch, Intent or AgreementStep
        What was signed.
    signer : str
        Address of the key that speaks; empty when the signature names none.
    proof : bytes or None
        For a contract account: what its `isValidSignature` took; none for others.
    """

    digest: bytes
    value: Signed
    signer: str
    proof: bytes | None = None

    @property
    def is_by_contract(self) -> bool:
        """Whether a contract account signed (ERC-1271)."""
        return self.proof is not None


def statements_in(transaction: Transaction, domain: Domain) -> list[Statement]:
    """Take everything signed out of a transaction to the ledger; empty when it is none."""
    if transaction.to != domain.contract.lower():
        return []
    try:
        return [
            _statement(value, signature, transaction.sender, domain)
            for value, signature in _carried(transaction.data)
        ]
    except (DecodingError, OverflowError):
        return []


def accepted_of(statements: Iterable[Statement], signed: bytes, refused: int) -> Statement | None:
    """Find which statement of a transaction the contract accepted.

    Parameters
    ----------
    signed : bytes
        Its digest. The same may be carried several times, under signatures that do not count.
    refused : int
        How often the contract had refused that digest before, in the same transaction.
    """
    alike = [each for each in statements if each.digest == signed]
    return alike[refused] if refused < len(alike) else None


def _carried(data: bytes) -> Iterator[tuple[Signed, bytes]]:
    """Decode the calldata of the three ways in; nothing for any other function."""
    for name, kind in (("submit", Batch), ("submitIntents", Intent), ("agree", AgreementStep)):
        types = FUNCTIONS[f"OrderLedger.{name}"]
        if data[:4] != selector(f"{name}({','.join(types)})"):
            continue
        values, signatures = decode(types, data[4:])
        if kind is AgreementStep:
            values, signatures = (values,), (signatures,)
        yield from zip((kind(*fields) for fields in values), signatures, strict=True)


def _statement(value: Signed, signature: bytes, sender: str, domain: Domain) -> Statement:
    signed = digest(domain, value)
    if not signature:
        return Statement(signed, value, sender)
    if signature[-1] == 0 and len(signature) > 20:
        account, proof = signature[:20], signature[20:-1]
        return Statement(signed, value, "0x" + account.hex(), proof)
    try:
        return Statement(signed, value, recover(signed, signature).lower())
    except SignatureMalformed:
        return Statement(signed, value, "")


def event_count(statement: Statement | None) -> int:
    """Count the events of a batch: of one that cannot be read to its end, those before that."""
    if statement is None or not isinstance(statement.value, Batch):
        return 1
    try:
        return len(unpack_actions(statement.value.actions))
    except ActionsMalformed as malformed:
        return len(malformed.readable)

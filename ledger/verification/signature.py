"""Who signed each act, and whether that key could speak at that moment."""

from __future__ import annotations

from eth_abi.abi import encode

from ledger.catalogue import LedgerError
from ledger.client import Client
from ledger.contracts import selector
from ledger.event import Event, IntentRefused
from ledger.intent import Domain
from ledger.role import Permission
from ledger.verification.authority import KeyBook
from ledger.verification.finding import Report
from ledger.verification.history import History
from ledger.verification.replay import Act
from ledger.verification.statement import Statement, accepted_of, statements_in

ERC1271_MAGIC = bytes.fromhex("1626ba7e")


class SignatureDesk:
    """Checks who signed each act; a signature over many acts is checked once."""

    def __init__(self, client: Client, domain: Domain, history: History, keys: KeyBook) -> None:
        self._client = client
        self._domain = domain
        self._history = history
        self._keys = keys
        self._statements: dict[bytes, Statement | None] = {}
        self._nonces: set[tuple[int, int]] = set()

    async def check(self, act: Act, report: Report) -> Statement | None:
        """Find what was signed for an act and note whether it stands."""
        if act.statement in self._statements:
            return self._statements[act.statement]
        statement = self._find(act.event, act.statement)
        self._statements[act.statement] = statement
        subject = f"signature over 0x{act.statement.hex()[:12]}…"
        report.check(
            subject,
            "is in the transaction that recorded it",
            statement is not None,
            f"transaction 0x{act.event.tx_hash.hex()} carries no such signed intent",
        )
        if statement is not None:
            await self._check_signer(act, statement, report, subject)
        return statement

    async def _check_signer(
        self, act: Act, statement: Statement, report: Report, subject: str
    ) -> None:
        value, event = statement.value, act.event
        time_s = self._history.times_s[event.block_number]
        permission = Permission.AGREE if act.machine == "agreement" else Permission.RECORD
        moment = (event.block_number, event.log_index)
        may = self._keys.may(act.organisation, statement.signer, permission, moment, time_s)
        name = self._keys.name(act.organisation)
        report.check(
            subject,
            f"is by a key that spoke for {name} at that moment",
            may and value.organisation == act.organisation,
            f"{statement.signer or 'nobody'} had no such permission",
        )
        report.check(
            subject,
            "was recorded before its deadline",
            time_s < value.deadline,
            f"recorded at {time_s}, deadline {value.deadline}",
        )
        nonce = (value.organisation, value.nonce)
        report.check(subject, "uses its nonce for the first time", nonce not in self._nonces)
        self._nonces.add(nonce)
        if statement.is_by_contract:
            answer = await self._asked(statement, event)
            report.check(subject, "is what the contract account stands by", answer)

    async def _asked(self, statement: Statement, event: Event) -> bool:
        data = selector("isValidSignature(bytes32,bytes)") + encode(
            ("bytes32", "bytes"), (statement.digest, statement.proof)
        )
        try:
            answer = await self._client.eth_call(statement.signer, data, event.block_number)
        except LedgerError:
            return False
        return answer[:4] == ERC1271_MAGIC

    def _find(self, event: Event, signed: bytes) -> Statement | None:
        transaction = self._history.transactions.get(event.tx_hash)
        if transaction is None:
            return None
        refused = sum(
            isinstance(each, IntentRefused)
            and (each.tx_hash, each.intent) == (event.tx_hash, signed)
            and each.log_index < event.log_index
            for each in self._history.events
        )
        return accepted_of(statements_in(transaction, self._domain), signed, refused)

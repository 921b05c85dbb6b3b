"""Every transaction of the network, taken through the contracts' rules once more.

What was signed is read from calldata, whoever carried it; everything that the rules make of it is
written as the contracts would write it, and must be exactly what the receipt says. Where a contract
account signed (ERC-1271), its answer is not in the archive: what the chain says is taken for it,
and counted. The same with what came through another contract, whose calldata says nothing.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from eth_hash.auto import keccak

from ledger.archive import calldata, words
from ledger.archive.bystander import Bystander, stepped
from ledger.archive.calldata import Said
from ledger.archive.header import Header
from ledger.archive.hearing import Carried, Hearing
from ledger.archive.members import Members
from ledger.archive.network import Network
from ledger.archive.partnership import Partnerships
from ledger.archive.proof import ProvenBlock, blaming
from ledger.archive.receipt import RawLog, Receipt
from ledger.archive.tally import Tally
from ledger.archive.trade import Trade
from ledger.archive.transaction import Transaction
from ledger.archive.words import Told
from ledger.errors import Corrupt, decode_refusal
from ledger.event import IntentRefused
from ledger.intent import AgreementStep, domain_separator
from ledger.log import decode_log
from ledger.role import Permission

_PROPOSE: Final = 1


class Audit:
    """The contracts' whole state, as it follows from what was signed.

    Attributes
    ----------
    tally : Tally
        What was checked so far.
    """

    def __init__(self, network: Network) -> None:
        self.tally = Tally()
        self._prefix = b"\x19\x01" + domain_separator(network.order_domain)
        self._registry, self._ledger, self._auction = (
            bytes.fromhex(address[2:])
            for address in (network.registry, network.order_ledger, network.pool_auction)
        )
        self._members = Members()
        self._partnerships = Partnerships()
        self._trade = Trade(self._partnerships)
        self._hearing = Hearing(self._members, self.tally)
        self._bystander = Bystander(self._hearing, self._partnerships, self._trade)

    def take(self, block: ProvenBlock) -> None:
        """Go through a block's transactions.

        Raises
        ------
        ArchiveFalse
            When the rules make something else of them than the receipts say.
        """
        for place, transaction in enumerate(block.transactions):
            with blaming(block.header.number):
                try:
                    self._take(block.header, transaction, block.receipts[place])
                except Corrupt as wrong:
                    name = f"transaction {place}, 0x{transaction.hash.hex()}"
                    raise Corrupt(problem=f"{name}: {wrong.arguments['problem']}") from None

    def _take(self, header: Header, transaction: Transaction, receipt: Receipt) -> None:
        logs = receipt.logs
        if not receipt.is_success:
            if logs:
                raise Corrupt(problem="it was undone, and tells something all the same")
            return
        if transaction.to == self._ledger:
            carried = Carried(transaction, header.timestamp)
            spoken = [log for log in logs if log.address == self._ledger]
            _compare(self._follow(carried, spoken), spoken)
            return
        for place, log in enumerate(logs):
            if log.address == self._registry:
                self._take_member(header, transaction, log, place)
            elif log.address == self._ledger:
                self._bystander.take(log.placed(header, transaction.hash, place), header.timestamp)
            elif log.address == self._auction:
                self.tally.tenders += 1

    def _take_member(
        self, header: Header, transaction: Transaction, log: RawLog, place: int
    ) -> None:
        event = decode_log(log.placed(header, transaction.hash, place))
        if event is None:
            return
        is_direct = transaction.to == self._registry
        self.tally.members += 1
        self.tally.members_unasked += not is_direct
        sender = transaction.sender() if is_direct else ""
        why = self._members.take(event, sender, header.timestamp)
        if is_direct and not sender:
            why = "nobody signed it"
        if why:
            raise Corrupt(problem=f"{type(event).__name__}: {why}")

    def _follow(self, carried: Carried, spoken: Sequence[RawLog]) -> list[Told]:
        """Write what the ledger would tell of a transaction; `spoken` is what it told."""
        data = carried.transaction.data
        told: list[Told] = []
        if data[:4] == calldata.SUBMIT:
            for said in calldata.batches_in(data):
                self._record_batch(said, carried, spoken, told)
        elif data[:4] == calldata.SUBMIT_INTENTS:
            for said in calldata.intents_in(data):
                self._record_intent(said, carried, spoken, told)
        elif data[:4] == calldata.AGREE:
            self._agree(calldata.step_in(data), carried, told)
        return told

    def _record_batch(
        self, said: Said, carried: Carried, spoken: Sequence[RawLog], told: list[Told]
    ) -> None:
        digest = keccak(self._prefix + said.struct_hash)
        organisation, deadline, nonce = said.number(0), said.number(1), said.number(2)
        answer = _answer(spoken, len(told), digest)
        problem = self._hearing.admit(
            said, digest, Permission.RECORD, deadline, nonce, carried, answer
        )
        if problem:
            self.tally.refused += 1
            told.append(words.intent_refused(organisation, digest, problem))
            return
        taken, refused = self._trade.take(organisation, said.actions, carried.time_s)
        self.tally.note_batch(taken, refused)
        told += [words.action_refused(digest, *each) for each in refused]
        roots = said.words[3 * words.WORD :]
        told.append(words.batch_recorded(organisation, digest, roots, said.actions))

    def _record_intent(
        self, said: Said, carried: Carried, spoken: Sequence[RawLog], told: list[Told]
    ) -> None:
        digest = keccak(self._prefix + said.struct_hash)
        organisation, agreement, action, number, order, deadline, nonce = map(said.number, range(7))
        answer = _answer(spoken, len(told), digest)
        problem = self._hearing.admit(
            said, digest, Permission.RECORD, deadline, nonce, carried, answer
        ) or self._trade.act(organisation, agreement, action, number, order, carried.time_s)
        if problem:
            self.tally.refused += 1
            told.append(words.intent_refused(organisation, digest, problem))
            return
        self.tally.events += 1
        step = agreement << 72 | action << 64 | number << 32 | order
        roots = said.words[7 * words.WORD :]
        told.append(words.intent_recorded(organisation, digest, step, roots))

    def _agree(self, said: Said, carried: Carried, told: list[Told]) -> None:
        digest = keccak(self._prefix + said.struct_hash)
        numbers = list(map(said.number, range(13)))
        step = AgreementStep(
            organisation=numbers[0],
            agreement=numbers[1],
            action=numbers[2],
            seats=(numbers[3], numbers[4], numbers[5], numbers[6], numbers[7]),
            notice_days=numbers[8],
            terms=said.words[9 * words.WORD : 10 * words.WORD],
            manifest=said.words[10 * words.WORD : 11 * words.WORD],
            deadline=numbers[11],
            nonce=numbers[12],
        )
        problem = self._hearing.admit(
            said, digest, Permission.AGREE, step.deadline, step.nonce, carried
        ) or self._partnerships.step(step, self._members.count, carried.time_s)
        if problem:
            why = decode_refusal(problem).sentence
            raise Corrupt(problem=f"a step was taken that the rules refuse: {why}")
        self.tally.events += 1
        if step.action == _PROPOSE:
            told.append(words.agreement_proposed(step.agreement, step.seats, step.notice_days))
        told.append(stepped(step, self._partnerships[step.agreement], digest))


def _answer(spoken: Sequence[RawLog], place: int, digest: bytes) -> bytes:
    """Give the error by which the chain refused something signed, if it tells that next."""
    if place >= len(spoken):
        return b""
    topics, data = spoken[place].topics, spoken[place].data
    if len(topics) != 3 or (topics[0], topics[2]) != (words.TOPICS[IntentRefused], digest):
        return b""
    return data[64 : 64 + int.from_bytes(data[32:64])]


def _compare(told: Sequence[Told], spoken: Sequence[RawLog]) -> None:
    """Hold what the rules would tell against what the receipt says was told."""
    for place, (due, found) in enumerate(zip_longest(told, spoken)):
        if found is None or due is None or due != (found.topics, found.data):
            asked = "nothing" if due is None else words.name_of(due[0])
            shown = "nothing" if found is None else words.name_of(found.topics)
            raise Corrupt(problem=f"log {place} of the ledger is {shown}, by the rules {asked}")

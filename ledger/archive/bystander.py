"""What another contract carried to the ledger: only its effects can be checked.

Who signed, and which nonces that used up, stands in no calldata that could be read.
"""

from dataclasses import dataclass, field

from ledger.archive import words
from ledger.archive.hearing import Hearing
from ledger.archive.partnership import Agreement, Partnerships
from ledger.archive.tally import Tally
from ledger.archive.trade import Trade
from ledger.archive.words import Told
from ledger.block import Log
from ledger.errors import Corrupt, decode_refusal
from ledger.event import (
    ActionRefused,
    AgreementProposed,
    AgreementStepped,
    BatchRecorded,
    IntentRecorded,
    IntentRefused,
)
from ledger.intent import AgreementStep
from ledger.log import decode_log


@dataclass(slots=True)
class Bystander:
    """Follows logs of the ledger whose calldata is out of sight."""

    hearing: Hearing
    partnerships: Partnerships
    trade: Trade
    _refused: list[Told] = field(default_factory=list)
    _proposal: AgreementProposed | None = None

    def take(self, log: Log, time_s: int) -> None:
        """Take in a log, as far as the rules allow it.

        Raises
        ------
        Corrupt
            When they do not.
        """
        self._tally.through_contracts += 1
        event = decode_log(log)
        if isinstance(event, ActionRefused):
            self._refused.append((log.topics, log.data))
        elif isinstance(event, BatchRecorded):
            self._take_batch(event, time_s)
        elif isinstance(event, IntentRecorded):
            self._take_intent(event, time_s)
        elif isinstance(event, IntentRefused):
            self._tally.refused += 1
            self.hearing.unseen.add(event.organisation)
        elif isinstance(event, AgreementProposed):
            self._proposal = event
        elif isinstance(event, AgreementStepped):
            self._take_step(event, log, time_s)

    @property
    def _tally(self) -> Tally:
        return self.hearing.tally

    def _take_batch(self, event: BatchRecorded, time_s: int) -> None:
        self.hearing.unseen.add(event.organisation)
        taken, refused = self.trade.take(event.organisation, event.actions, time_s)
        if self._refused != [words.action_refused(event.batch, *each) for each in refused]:
            raise Corrupt(problem="other actions of a batch are refused than the rules refuse")
        self._refused = []
        self._tally.note_batch(taken, refused)

    def _take_intent(self, event: IntentRecorded, time_s: int) -> None:
        self.hearing.unseen.add(event.organisation)
        action = event.action
        problem = self.trade.act(
            event.organisation, action.agreement, action.action, action.number, action.order, time_s
        )
        if problem:
            why = decode_refusal(problem).sentence
            raise Corrupt(problem=f"an intent was recorded that the rules refuse: {why}")
        self._tally.events += 1

    def _take_step(self, event: AgreementStepped, log: Log, time_s: int) -> None:
        self.hearing.unseen.add(event.organisation)
        proposal, self._proposal = self._proposal, None
        agreement = self.partnerships.get(event.agreement)
        # Who signs has to repeat the seats; the contract saw to that.
        known = proposal or agreement
        seats = (0, 0, 0, 0, 0) if known is None else known.seats
        step = AgreementStep(
            organisation=event.organisation,
            agreement=event.agreement,
            action=event.action,
            seats=(seats[0], seats[1], seats[2], seats[3], seats[4]),
            notice_days=0 if known is None else known.notice_days,
            terms=event.terms,
            manifest=event.manifest,
            deadline=0,
            nonce=0,
        )
        problem = self.partnerships.step(step, self.hearing.members.count, time_s)
        if problem:
            why = decode_refusal(problem).sentence
            raise Corrupt(problem=f"a step was taken that the rules refuse: {why}")
        due = stepped(step, self.partnerships[event.agreement], event.intent)
        if due != (log.topics, log.data):
            raise Corrupt(problem="a step led elsewhere than by the rules")
        self._tally.events += 1


def stepped(step: AgreementStep, agreement: Agreement, digest: bytes) -> Told:
    """Write what the ledger tells of a step that was taken."""
    state, unsigned, ends_at = agreement.state, agreement.unsigned, agreement.ends_at
    return words.agreement_stepped(step, state, unsigned, ends_at, digest)

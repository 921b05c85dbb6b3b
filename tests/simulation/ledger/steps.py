"""Steps of agreements: enough good ones that some are in force while others come and go."""

from typing import Any

from tests.oracles.ledger.agreement import IN_FORCE, Agreement
from tests.oracles.ledger.table import SEATS, TABLE
from tests.simulation.ledger.cast import Cast, drawn_seats

NUMBER_OF = {row["action"]: row["id"] for row in TABLE["agreement"]["rows"]}
NOTICES_D = (0, 1, 30, 30, 65535)
WANTED = 6
"""How many agreements should be in force or on their way."""

MINUTE_S = 60
ONGOING = ("Proposed", "Active", "Amending", "Ending")


class Steps:
    """Makes steps up; nothing is signed yet."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.rng = cast.rng
        self.table = cast.duel.ledger.agreements
        self.proposed: list[int] = []
        self._serials = 0

    def step(self) -> dict[str, Any]:
        """Make up a step, mostly one that the model would take."""
        rng = self.rng
        ongoing = [one for one in self.proposed[-3 * WANTED :] if self._is_useful(one)]
        if len(ongoing) < WANTED + 2 or rng.random() < 0.04:
            fields = self._proposal()
        elif rng.random() < 0.72:
            fields = self._likely(rng.choice(ongoing))
        else:
            fields = self._wild(rng.choice([*self.proposed[-3 * WANTED :], *ongoing]))
        if rng.random() < (0.3 if fields["action"] == NUMBER_OF["propose"] else 0.08):
            fields = self._bent(fields)
        return fields

    def in_force(self) -> list[int]:
        """List the latest agreements under which orders may be issued, or just could be."""
        return [
            number
            for number in self.proposed[-4 * WANTED :]
            if self.table.of(number).state in IN_FORCE and self._is_useful(number)
        ]

    def founding(self) -> dict[str, Any]:
        """Make up what brings the first agreements into force, one step after the other."""
        for number in self.proposed:
            if self.table.of(number).state == "Proposed":
                return self._likely(number, "sign")
        return self._proposal()

    def _is_useful(self, number: int) -> bool:
        agreement = self.table.of(number)
        is_over = 0 < agreement.ends_at < self.cast.duel.now - MINUTE_S
        return agreement.state in ONGOING and not is_over

    def _proposal(self) -> dict[str, Any]:
        members = len(self.cast.duel.ledger.registry.members)
        organisation = self.rng.randrange(1, members + 1)
        self._serials += 1
        number = organisation * 2**32 + self.rng.choice((self._serials, 2**32 - self._serials))
        self.proposed.append(number)
        seats = drawn_seats(self.rng, organisation, members)
        return self._fields("propose", number, organisation, seats, self.rng.choice(NOTICES_D))

    def _likely(self, number: int, action: str = "") -> dict[str, Any]:
        agreement = self.table.of(number)
        rng = self.rng
        seated = [organisation for organisation in agreement.seats.values() if organisation]
        due = [agreement.seats[seat] for seat in sorted(agreement.unsigned)]
        match agreement.state:
            case "Proposed" if action:
                pass
            case "Proposed":
                action = rng.choices(("sign", "decline"), (12, 1))[0]
            case "Amending":
                action = rng.choices(("sign", "drop"), (5, 1))[0]
            case "Ending":
                action = rng.choices(("sign_end", "drop"), (3, 2))[0]
            case _:
                action = rng.choices(("amend", "propose_end", "give_notice"), (6, 2, 2))[0]
        organisation = rng.choice(due if due and action in ("sign", "sign_end") else seated)
        return self._repeated(action, number, agreement, organisation)

    def _wild(self, number: int) -> dict[str, Any]:
        agreement = self.table.of(number)
        rng = self.rng
        seated = [organisation for organisation in agreement.seats.values() if organisation]
        organisation = rng.choice([*seated, *seated, *self.cast.firms])
        action = rng.choice([*NUMBER_OF, "sign", "sign_end", "propose"])
        fields = self._repeated(action, number, agreement, organisation)
        if rng.random() < 0.08:
            fields["action"] = rng.choice((0, 9, 10, 255))
        if rng.random() < 0.05:
            fields["agreement"] = rng.choice((0, 7, organisation * 2**32 + 2**31, number ^ 2**32))
        return fields

    def _bent(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Change who sits where, the notice or the terms."""
        rng = self.rng
        seats = list(fields["seats"])
        place = rng.randrange(len(SEATS))
        seats[place] = rng.choice(
            (0, *seats, *self.cast.firms, len(self.cast.firms) + 1, 2**32 - 1)
        )
        return fields | rng.choice(
            (
                {"seats": tuple(seats)},
                {"seats": tuple(seats)},
                {"seats": tuple(seats), "terms": rng.randbytes(32)},
                {"noticeDays": fields["noticeDays"] ^ 1},
                {"terms": rng.randbytes(32)},
            )
        )

    def _repeated(
        self, action: str, number: int, agreement: Agreement, organisation: int
    ) -> dict[str, Any]:
        seats = tuple(agreement.seats[seat] for seat in SEATS)
        fields = self._fields(action, number, organisation, seats, agreement.notice_days)
        if action == "sign":
            fields["terms"] = agreement.proposed_terms
        return fields

    def _fields(
        self, action: str, number: int, organisation: int, seats: tuple[int, ...], notice: int
    ) -> dict[str, Any]:
        return {
            "organisation": organisation,
            "agreement": number,
            "action": NUMBER_OF[action],
            "seats": seats,
            "noticeDays": notice,
            "terms": self.rng.choice((bytes(32), self.rng.randbytes(32))),
        }

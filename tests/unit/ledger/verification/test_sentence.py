"""Every act has words."""

from ledger import lifecycle
from ledger.verification.sentence import VERBS


def test_every_row_that_a_report_can_meet_has_a_verb() -> None:
    wanted = {
        (machine, row.action)
        for machine in ("agreement", "order", "delivery")
        for row in lifecycle.rows(machine)
    }
    assert set(VERBS) == wanted

"""In which order individually signed intents stand in their transaction."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from ledger.assembly import Draft
from ledger.dispatch import by_signer
from ledger.gas import INTENT_GAS
from ledger.intent import Intent

Wishes = list[tuple[int, int]]
"""Organisation and agreement of each."""


def ordered(wishes: Wishes) -> list[tuple[int, int, int]]:
    """Order intents that are numbered from 0; gives organisation, agreement and number."""
    numbers = count()
    drafts = [
        Draft(
            organisation,
            "intent",
            Intent(organisation, agreement, 3, next(numbers), 0, 1, 1),
            b"",
            b"",
            [],
            INTENT_GAS,
        )
        for organisation, agreement in wishes
    ]
    values = [draft.value for draft in by_signer(drafts)]
    return [
        (value.organisation, value.agreement, value.number)
        for value in values
        if isinstance(value, Intent)
    ]


def test_intents_of_signers_in_turn_stand_together() -> None:
    found = ordered([(1, 1), (2, 2), (1, 1), (2, 2)])
    assert found == [(1, 1, 0), (1, 1, 2), (2, 2, 1), (2, 2, 3)]


def test_intents_of_one_signer_stand_together_by_agreement() -> None:
    found = ordered([(1, 1), (1, 2), (1, 1), (1, 2)])
    assert found == [(1, 1, 0), (1, 1, 2), (1, 2, 1), (1, 2, 3)]


def test_intents_of_two_parties_to_one_agreement_keep_their_order() -> None:
    assert [number for *_, number in ordered([(1, 1), (2, 1), (1, 1)])] == [0, 1, 2]


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 3)), max_size=30))
def test_no_intent_is_lost_and_each_agreement_keeps_its_order(wishes: Wishes) -> None:
    found = ordered(wishes)
    assert sorted(number for *_, number in found) == list(range(len(wishes)))
    for agreement in range(1, 4):
        numbers = [number for _, of, number in found if of == agreement]
        assert numbers == sorted(numbers)

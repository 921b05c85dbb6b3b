import pytest

from ledger.lifecycle import (
    CONFIRMATION_S,
    allowed_actions,
    is_action,
    is_opening,
    lot_phase,
    lot_window,
    row_named,
    row_of,
    shown_order_state,
    state_name,
    state_number,
    states_in,
    step_row,
)


def test_buyer_may_revise_or_withdraw_an_issued_order() -> None:
    assert allowed_actions("order", "Issued", frozenset({"buyer"})) == ["revise", "withdraw"]


def test_several_seats_add_up() -> None:
    both = allowed_actions("order", "Issued", frozenset({"buyer", "seller"}))
    assert both == ["revise", "acknowledge", "confirm", "reject", "counter_propose", "withdraw"]


def test_nobody_may_act_without_a_seat() -> None:
    assert allowed_actions("order", "Issued", frozenset()) == []
    assert allowed_actions("agreement", "Proposed", frozenset()) == []


def test_terminal_state_allows_nothing() -> None:
    assert allowed_actions("order", "Closed", frozenset({"buyer", "seller", "arbiter"})) == []


def test_any_seat_may_take_an_agreements_steps() -> None:
    assert allowed_actions("agreement", "Proposed", frozenset({"inspector"})) == ["sign", "decline"]


def test_state_of_the_order_holds_its_deliveries_back() -> None:
    seller = frozenset({"seller"})
    assert allowed_actions("delivery", "None", seller, "Confirmed") == ["announce", "despatch"]
    assert allowed_actions("delivery", "None", seller, "Issued") == []
    assert allowed_actions("delivery", "None", seller) == []
    assert "withdraw_announcement" in allowed_actions("delivery", "Announced", seller, "Closed")


def test_anyone_may_take_what_needs_no_seat() -> None:
    assert allowed_actions("lot", "Open", frozenset()) == ["award", "void"]
    assert allowed_actions("lot", "Awarded", frozenset({"carrier"})) == ["pick_up"]


@pytest.mark.parametrize(
    ("state", "seat", "phase", "actions"),
    [
        ("Open", "pool", "performing", ["award", "void"]),
        ("Open", "pool", "confirming", ["void"]),
        ("Awarded", "pool", "performing", []),
        ("Awarded", "pool", "overdue", ["fail"]),
        ("Awarded", "carrier", "performing", ["pick_up"]),
        ("Awarded", "carrier", "confirming", []),
        ("InTransit", "pool", "performing", ["deliver"]),
        ("InTransit", "pool", "confirming", ["deliver", "fail"]),
        ("InTransit", "pool", "overdue", ["deliver"]),
        ("InTransit", "carrier", "confirming", []),
        ("InTransit", "carrier", "overdue", ["deliver"]),
        ("Delivered", "carrier", "overdue", []),
    ],
)
def test_clock_has_a_say_in_the_steps_of_a_lot(
    state: str, seat: str, phase: str, actions: list[str]
) -> None:
    assert allowed_actions("lot", state, frozenset({seat}), phase=phase) == actions


def test_phases_meet_without_a_gap() -> None:
    phases = [lot_phase(100, time) for time in (99, 100, 99 + CONFIRMATION_S, 100 + CONFIRMATION_S)]
    assert phases == ["performing", "confirming", "confirming", "overdue"]


def test_windows_of_a_lot_are_those_of_its_phases() -> None:
    fail, deliver = row_named("lot", "fail"), row_named("lot", "deliver")
    assert lot_window(fail, "Awarded", 100) == (100, 2**64 - 1)
    assert lot_window(fail, "InTransit", 100) == (100, 100 + CONFIRMATION_S)
    assert lot_window(deliver, "InTransit", 100) == (0, 2**64 - 1)


def test_order_and_agreement_actions_have_numbers_of_their_own() -> None:
    assert (row_of(1).action, step_row(1).action) == ("issue", "propose")
    assert row_named("delivery", "despatch").id == 34


def test_unknown_actions_are_not_found() -> None:
    assert not is_action(31)
    assert not is_opening(31)
    with pytest.raises(KeyError):
        row_of(31)
    with pytest.raises(KeyError):
        step_row(31)
    with pytest.raises(KeyError):
        row_named("order", "despatch")


def test_states_have_names_and_numbers() -> None:
    assert state_name("order", 4) == "Confirmed"
    assert state_number("delivery", "Disputed") == 12
    assert states_in("lot", 0b1100) == ["Awarded", "InTransit"]


@pytest.mark.parametrize(
    ("state", "deliveries", "shown"),
    [
        ("Confirmed", [], "Confirmed"),
        ("Confirmed", ["Despatched", "Refused"], "Confirmed"),
        ("Confirmed", ["Despatched", "PartiallyReceived"], "PartiallyFulfilled"),
        ("Confirmed", ["Passed"], "PartiallyFulfilled"),
        ("Fulfilled", ["Received"], "Fulfilled"),
    ],
)
def test_partial_fulfilment_is_derived(state: str, deliveries: list[str], shown: str) -> None:
    assert shown_order_state(state, deliveries) == shown

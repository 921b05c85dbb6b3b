"""Failures of the steps in an agreement's life."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.agreement.failure.past import agreed, in_force
from tests.agreement.failure.trial import Trial, instead
from tests.agreement.stage import NOTICE_DAYS, TERMS, Stage

Case = Callable[[Stage], Trial]
AMENDED_TERMS = b"\x22" * 32
OTHERS = ("seller", "carrier", "inspector", "arbiter")
SIGNED = ("buyer propose", *(f"{name} sign" for name in OTHERS))
ENDING = (*SIGNED, "buyer propose_end")


def proposed_with(*names: str | None) -> Case:
    """Other seats than the usual ones."""
    return with_fields("buyer propose", (), lambda s: {"seats": s.seated(*names)})


def with_fields(
    said: str, past: tuple[str, ...], fields: Callable[[Stage], dict[str, Any]]
) -> Case:
    """The same step with something else in it."""

    def case(s: Stage) -> Trial:
        valid = s.step(said)
        wrong = replace(valid, nonce=s.cast.network.nonce(), **fields(s))
        also = {"proposed_terms": valid.terms}
        return instead(s.send(valid), s.send(wrong), past=agreed(s, *past), **also)

    return case


def after(said: str, valid_past: tuple[str, ...], wrong_past: tuple[str, ...], **also: Any) -> Case:
    """The same step after one past or another."""

    def case(s: Stage) -> Trial:
        act = s.send(s.step(said))
        return Trial([*agreed(s, *valid_past), act], [*agreed(s, *wrong_past), act], also)

    return case


def by_other(valid: str, wrong: str, past: tuple[str, ...]) -> Case:
    return lambda s: instead(s.send(s.step(valid)), s.send(s.step(wrong)), past=agreed(s, *past))


def noticed_twice(s: Stage) -> Trial:
    act = s.send(s.step("seller give_notice"))
    past, notice = in_force(s), agreed(s, "buyer give_notice")
    also = {"ends_at": s.now + NOTICE_DAYS * 86_400}
    return Trial([*past, act], [*past, *notice, act], also)


def amendment_not_read(s: Stage) -> Trial:
    past = [*in_force(s), s.send(s.step("buyer amend", terms=AMENDED_TERMS))]
    valid = s.step("seller sign", terms=AMENDED_TERMS)
    wrong = replace(valid, terms=TERMS, nonce=s.cast.network.nonce())
    return instead(s.send(valid), s.send(wrong), past=past, proposed_terms=AMENDED_TERMS)


CASES: dict[str, Case] = {
    "number-of-another": by_other("buyer propose", "seller propose", ()),
    "proposed-twice": after("buyer propose", (), ("buyer propose",)),
    "proposed-again-after-decline": after("buyer propose", (), ("buyer propose", "seller decline")),
    "no-buyer": proposed_with(None, "seller", "carrier", "inspector", "arbiter"),
    "no-seller": proposed_with("buyer", None, "carrier", "inspector", "arbiter"),
    "buyer-sells-to-itself": proposed_with("buyer", "buyer", "carrier", "inspector", "arbiter"),
    "buyer-arbitrates": proposed_with("buyer", "seller", "carrier", "inspector", "buyer"),
    "seller-arbitrates": proposed_with("buyer", "seller", "carrier", "inspector", "seller"),
    "seller-inspects": proposed_with("buyer", "seller", "carrier", "seller", "arbiter"),
    "seat-of-no-member": with_fields(
        "buyer propose",
        (),
        lambda s: {"seats": (*s.seats[:2], s.names["next_member"], *s.seats[3:])},
    ),
    "proposer-without-seat": proposed_with("outsider", "seller", "carrier", "inspector", "arbiter"),
    "step-in-no-agreement": after("seller sign", ("buyer propose",), ()),
    "step-by-outsider": by_other("seller sign", "outsider sign", ("buyer propose",)),
    "step-unknown": with_fields("seller sign", ("buyer propose",), lambda _: {"action": 9}),
    "signed-with-other-seats": with_fields(
        "seller sign", ("buyer propose",), lambda s: {"seats": (*s.seats[:4], 0)}
    ),
    "signed-with-other-notice": with_fields(
        "seller sign", ("buyer propose",), lambda _: {"notice_days": NOTICE_DAYS + 1}
    ),
    "signed-with-other-terms": with_fields(
        "seller sign", ("buyer propose",), lambda _: {"terms": b"\x22" * 32}
    ),
    "amendment-signed-with-other-seats": with_fields(
        "seller sign", (*SIGNED, "buyer amend"), lambda s: {"seats": (*s.seats[:4], 0)}
    ),
    "amendment-signed-with-terms-in-force": amendment_not_read,
    "signed-twice": after("seller sign", ("buyer propose",), ("buyer propose", "seller sign")),
    "signed-by-proposer": by_other("seller sign", "buyer sign", ("buyer propose",)),
    "signed-when-in-force": after("seller sign", ("buyer propose",), SIGNED),
    "signed-after-decline": after(
        "seller sign", ("buyer propose",), ("buyer propose", "carrier decline")
    ),
    "declined-when-in-force": after("seller decline", ("buyer propose",), SIGNED),
    "amended-before-it-is-signed": after("seller amend", SIGNED, ("buyer propose",)),
    "amended-while-ending": after("seller amend", SIGNED, ENDING),
    "dropped-with-nothing-on-the-table": after("seller drop", ENDING, SIGNED),
    "end-proposed-before-it-is-signed": after("seller propose_end", SIGNED, ("buyer propose",)),
    "end-signed-before-it-is-proposed": after("seller sign_end", ENDING, SIGNED),
    "end-signed-twice": after("seller sign_end", ENDING, (*ENDING, "seller sign_end")),
    "end-signed-after-it-was-dropped": after("seller sign_end", ENDING, (*ENDING, "carrier drop")),
    "notice-before-it-is-signed": after("seller give_notice", SIGNED, ("buyer propose",)),
    "notice-after-notice": noticed_twice,
}

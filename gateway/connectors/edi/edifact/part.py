"""What many messages share: number, function, count of lines, and terms of delivery and payment."""

from __future__ import annotations

from typing import Any

from gateway.connectors.edi.reading import Reading, Writing
from ledger.document.delivery import Delivery, DeliveryTerms


def held(fields: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not there."""
    return {name: value for name, value in fields.items() if value not in (None, {}, [])}


def terms(reading: Reading) -> dict[str, Any] | None:
    """Read the terms of delivery."""
    tod = reading.tree.group("TOD")
    term = reading.token(tod.head, 3) if tod is not None else None
    return {"id": term} if term else None


def write_terms(writing: Writing, terms: DeliveryTerms | None) -> None:
    """Write the terms of delivery."""
    if terms is not None and terms.id is not None:
        writing.add("TOD", "3", None, terms.id)


def due_days(reading: Reading) -> int | None:
    """Read how many days after the invoice it is to be paid."""
    for pat in reading.tree.groups("PAT"):
        if pat.head[1] in ("1", "3") and pat.head.part(3, 3) == "D":
            days = reading.count(pat.head, 3, 4)
            if days is not None and days <= 3650 and pat.head.part(3, 2) in ("", "3"):
                return days
    return None


def number(reading: Reading) -> str | None:
    """Read the number of a message."""
    bgm = reading.tree.first("BGM")
    if bgm is not None and not bgm.part(2):
        reading.missing(bgm, 2, "A message has a number.")
    return reading.identifier(bgm, 2, 1) if bgm is not None else None


def check_lines(reading: Reading, count: int) -> None:
    """Hold the number of lines in CNT against those that are there."""
    cnt = reading.tree.first("CNT", "2")
    if cnt is not None and reading.count(cnt, 1, 2) not in (None, count):
        reading.refuse_count(cnt, 1, f"CNT+2 is the number of lines: {count}.")


def check_function(reading: Reading, allowed: tuple[str, ...], what: str) -> None:
    """Refuse a message whose function makes it something else."""
    bgm = reading.tree.need("BGM")
    if bgm[3] and bgm[3] not in allowed:
        rule = f"{what} has one of the functions {', '.join(allowed)}."
        reading.refuse_value(bgm, 3, rule, "Send the message that is meant for this function.")


def first_delivery(deliveries: tuple[Delivery, ...]) -> Delivery | None:
    """Give the delivery of the whole, if there is one."""
    return next((each for each in deliveries if each.quantity is None), None)

"""DELFOR in the layouts of early and of later directories, and how it says when."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.connectors.edi.edifact.delivery_schedule import DELIVERY_SCHEDULE
from gateway.connectors.edi.edifact.interchange import read
from gateway.connectors.edi.profile import PartnerProfile
from gateway.connectors.message import UnwritableDocument
from ledger.document.delivery_schedule import DeliverySchedule

DEMO = (Path(__file__).parent / "delivery_schedule_demo.edi").read_text(encoding="utf-8")
BARE = (
    "UNB+UNOC:3+A+B+261110:0800+1'UNH+1+DELFOR:D:{}:UN'BGM+241+DS-1+9'DTM+137:20261110:102'"
    "{}UNT+{}+1'UNZ+1+1'"
)


def _schedule(directory: str, *segments: str) -> DeliverySchedule:
    body = "".join(f"{segment}'" for segment in segments)
    text = BARE.format(directory, body, len(segments) + 4)
    message = read(text.encode())[0].messages[0]
    schedule = DELIVERY_SCHEDULE.parse(message)
    assert DELIVERY_SCHEDULE.render(schedule).body == message.body
    return schedule


def test_early_and_later_layout_say_the_same() -> None:
    early = _schedule(
        "93A", "RFF+ON:PO-1", "UNS+D", "NAD+DP+4012345000016::9", "LIN+1++4098765000011:EN",
        "QTY+113:5:PCE", "SCC+4", "DTM+2:20261120:102", "UNS+S",
    )  # fmt: skip
    later = _schedule(
        "01B", "RFF+ON:PO-1", "GIS+37", "NAD+DP+4012345000016::9", "LIN+1++4098765000011:EN",
        "SCC+4", "QTY+113:5:PCE", "DTM+2:20261120:102",
    )  # fmt: skip
    without = {"extras": ()}
    lines = [each.schedule_line[0].model_copy(update=without) for each in (early, later)]
    assert lines[0] == lines[1]
    assert later.schedule_line[0].note == ("not firm",)
    assert later.schedule_line[0].delivery_location is not None


@pytest.mark.parametrize(
    ("form", "first", "last"),
    [
        ("202653:616", "2026-12-28", "2027-01-03"),
        ("2653:615", "2026-12-28", "2027-01-03"),
        ("202802:610", "2028-02-01", "2028-02-29"),
        ("2802:609", "2028-02-01", "2028-02-29"),
        ("2028:602", "2028-01-01", "2028-12-31"),
        ("261120261122:717", "2026-11-20", "2026-11-22"),
    ],
)
def test_week_month_and_year_are_their_days(form: str, first: str, last: str) -> None:
    schedule = _schedule("96A", "RFF+CT:C-1", "UNS+D", "LIN+1", "QTY+1:5", f"DTM+2:{form}", "UNS+S")
    due = schedule.schedule_line[0].promised_delivery_period
    assert (due.start_date, due.end_date) == (first, last)


def test_sums_of_what_came_before_are_no_lines() -> None:
    schedule = _schedule(
        "96A", "RFF+ON:PO-1", "UNS+D", "LIN+1", "QTY+70:900:PCE", "DTM+51:20260101:102",
        "QTY+113:5:PCE", "DTM+2:20261120:102", "LIN+2", "RFF+ON:PO-2:4", "QTY+113:6:PCE",
        "DTM+2:20261121:102", "UNS+S",
    )  # fmt: skip
    assert [line.quantity.value for line in schedule.schedule_line] == ["5", "6"]
    assert [line.order_line_reference.line_id for line in schedule.schedule_line] == ["1", "4"]


def test_schedule_is_written_in_the_layout_of_the_partners_directory() -> None:
    schedule = DELIVERY_SCHEDULE.parse(read(DEMO.encode())[0].messages[0])
    bare = schedule.model_copy(update={"extras": ()})
    profile = PartnerProfile(release="D:01B:UN:EAN010")
    message = DELIVERY_SCHEDULE.render(bare, profile)
    tags = " ".join(segment.tag for segment in message.body)
    assert tags.startswith("BGM DTM FTX RFF DTM GIS LIN SCC QTY DTM SCC QTY DTM DTM NAD SCC QTY")
    assert "UNS" not in tags
    assert DELIVERY_SCHEDULE.parse(message, profile).schedule_line == schedule.schedule_line


def test_schedule_is_not_written_in_a_directory_of_another_layout() -> None:
    schedule = DELIVERY_SCHEDULE.parse(read(DEMO.encode())[0].messages[0])
    with pytest.raises(UnwritableDocument, match="02A"):
        DELIVERY_SCHEDULE.render(schedule, PartnerProfile(release="D:04A:UN"))

"""Lines that go to several places."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.connectors.edi.x12.interchange import read
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES

HERE = Path(__file__).parent


@pytest.mark.parametrize(("case", "name"), [("split_order", "850"), ("split_change", "860")])
def test_places_that_do_not_share_the_whole_line_are_warned_of(case: str, name: str) -> None:
    text = (HERE / f"{case}_demo.edi").read_text(encoding="utf-8")
    assert "*S001*1" in text
    [message] = read(text.replace("*S001*1", "*S001*9").encode())[0].messages
    outcome = MESSAGE_TYPES[name].examine(message)
    assert outcome.document is not None
    [warning] = outcome.warnings
    assert warning.location.path.endswith("/SDQ")
    assert "add up" in warning.what_to_do

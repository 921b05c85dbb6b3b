"""Many callers wait, and one question is asked for all."""

import asyncio
from pathlib import Path

import pytest

from ledger.desk import Wish
from ledger.errors import Unreachable
from tests.by_hand import relay, trading
from tests.simulation.bare_chain import BareChain


async def test_all_who_wait_learn_what_became_of_their_wishes(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        runtime = frail.runtime
        wishes = [Wish(agreement=agreement, action="issue") for _ in range(20)]
        taken = await runtime.desk.record_all(1, wishes)
        waiting = [asyncio.create_task(runtime.wait_for(each.intent, 20)) for each in taken * 2]
        await relay(runtime)
        views = await asyncio.gather(*waiting)
        assert [view.id for view in views] == [each.intent for each in taken * 2]
        assert {view.status for view in views} == {"recorded"}


async def test_who_waits_in_vain_is_told_how_it_stands(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with trading(still_chain, tmp_path) as (frail, agreement):
        issue = await frail.runtime.desk.record(1, Wish(agreement=agreement, action="issue"))
        with pytest.raises(Unreachable, match="accepted so far"):
            await frail.runtime.wait_for(issue.intent, 0.01)
        with pytest.raises(Unreachable, match="not known"):
            await frail.runtime.wait_for(10_000, 0.01)

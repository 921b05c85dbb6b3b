"""Every row of contracts/spec/failures.toml, on the real contracts, and every error in a row."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from eth_abi.abi import decode

from ledger import lifecycle
from ledger.catalogue import catalogue
from ledger.client import Client
from ledger.contracts import FUNCTIONS, encode_call, struct
from ledger.contracts_artifact import load_contracts
from ledger.embedded import EmbeddedChain
from ledger.intent import Signable
from ledger.spec import read_toml
from tests.agreement.failure import (
    account,
    admission,
    agreement,
    auction,
    lot,
    order,
    registry,
    stream,
)
from tests.agreement.failure.trial import NOT_OURS, Course, Seen, Trial, refusals_of, run_plays
from tests.agreement.stage import Act, Stage

TABLE = read_toml("failures.toml")
AREAS = {name: area for name, area in TABLE.items() if name not in ("version", "unreachable")}
ROWS = {f"{name}.{row}": fields for name, area in AREAS.items() for row, fields in area.items()}
MODULES = {
    "registry": registry.CASES,
    "admission": admission.CASES,
    "account": account.CASES,
    "stream": stream.CASES,
    "order": order.CASES,
    "agreement": agreement.CASES,
    "auction": auction.CASES,
    "lot": lot.CASES,
    "deposit": lot.DEPOSITS,
}
CASES: dict[str, Callable[[Stage], Trial]] = {
    f"{area}.{case}": build for area, cases in MODULES.items() for case, build in cases.items()
}

LISTS = ("OrderLedger.submit", "OrderLedger.submitIntents")
EVENTS = {"revert": 0, "IntentRefused": 1, "ActionRefused": 2}
"""How many events tell of a refusal; the last kind tells as well that the batch was recorded."""


@pytest.mark.parametrize("row", ROWS)
def test_what_is_wrong_is_refused_as_the_catalogue_says(
    row: str, stage: Stage, shared_chain: EmbeddedChain
) -> None:
    fields, trial = ROWS[row], CASES[row](stage)

    async def run() -> list[Course]:
        async with Client(shared_chain.url) as client:
            return await run_plays(client, stage, [trial.valid, trial.wrong])

    valid, wrong = asyncio.run(run())
    assert valid.last.is_success
    assert refusals_of(valid.last) == []
    assert valid.after != valid.before or fields["entry"].endswith(".constructor")
    assert refusals_of(wrong.last) == [expected(fields, stage, trial)]
    assert wrong.after == wrong.before
    assert len(wrong.last.logs) == EVENTS[fields.get("told", "revert")]
    uses_nonce = fields.get("told") == "ActionRefused" or fields.get("nonce") == "used"
    assert wrong.is_nonce_used == (wrong.was_nonce_used or uses_nonce)


def test_what_is_refused_leaves_its_neighbours_alone(
    stage: Stage, shared_chain: EmbeddedChain
) -> None:
    """Between two that are valid, in one transaction: they stand, and it is refused as alone."""
    alone = {row: CASES[row](stage) for row, fields in ROWS.items() if "told" in fields}
    plays = [[*trial.wrong[:-1], between(stage, trial.wrong[-1])] for trial in alone.values()]

    async def run() -> list[Course]:
        async with Client(shared_chain.url) as client:
            return await run_plays(client, stage, plays)

    for (row, trial), course in zip(alone.items(), asyncio.run(run()), strict=True):
        assert refusals_of(course.last) == [expected(ROWS[row], stage, trial)], row
        assert len(course.last.logs) == EVENTS[ROWS[row]["told"]] + 2, row


def between(stage: Stage, act: Act) -> Act:
    """Put two neighbours around the batch or intent of an act."""
    function = next(one for one in LISTS if act.data.startswith(encode_call(one, [], [])[:4]))
    values, signatures = decode(FUNCTIONS[function], act.data[4:])
    neighbours: dict[str, list[Signable]] = {
        "OrderLedger.submit": [replace(stage.batch(by="outsider"), actions=b"") for _ in range(2)],
        "OrderLedger.submitIntents": [stage.intent(f"buyer issue {number}") for number in (5, 6)],
    }
    first, last = neighbours[function]
    data = encode_call(
        function,
        [struct(first), *values, struct(last)],
        [stage.sign(first), *signatures, stage.sign(last)],
    )
    return replace(act, data=data)


def expected(fields: dict[str, Any], stage: Stage, trial: Trial) -> Seen:
    """Put values in the place of what a row says in words."""
    entry = catalogue()[fields["error"]]
    known = stage.names | trial.wrong[-1].says | trial.also
    arguments = tuple(
        value_of(symbol, name, entry.machine, known)
        for symbol, name in zip(fields["arguments"], entry.names, strict=True)
    )
    place = fields.get("position"), fields.get("count")
    return Seen(fields.get("told", "revert"), fields["error"], arguments, *place)


def value_of(symbol: Any, name: str, machine: str | None, known: dict[str, Any]) -> Any:
    if not isinstance(symbol, str):
        return symbol
    if machine is not None and name == "current":
        return lifecycle.state_number(machine, symbol)
    if machine is not None and name == "allowed":
        return sum(1 << lifecycle.state_number(machine, state) for state in symbol.split("|"))
    return known[symbol]


def test_every_row_has_its_test_and_every_test_its_row() -> None:
    assert list(CASES) == list(ROWS)


def test_every_error_of_the_contracts_has_a_row() -> None:
    errors = {
        item["name"]
        for contract in load_contracts().values()
        if not contract.source_name.startswith((*NOT_OURS, "contracts/local/"))
        for item in contract.abi
        if item["type"] == "error"
    }
    named = {row["error"] for row in ROWS.values()}
    assert errors - named == set(TABLE["unreachable"])

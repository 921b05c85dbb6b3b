"""The contracts do what the model in tests/oracles/ledger does, whatever comes.

``GAME_SEED`` and ``GAME_ACTIONS`` play another game than the usual one; ``DEEP=1`` plays a long
and fresh one.
"""

import os
import secrets
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.contracts_artifact import load_contract
from tests.oracles.ledger.table import TABLE
from tests.simulation.ledger.chain import Chain, chain
from tests.simulation.ledger.game import Game
from tests.simulation.ledger.tally import Tally

KEPT = Path(__file__).resolve().parents[1] / "seeds" / "ledger.toml"
GAMES: list[dict[str, Any]] = tomllib.loads(KEPT.read_text(encoding="utf-8")).get("game", [])
IS_DEEP = os.environ.get("DEEP") == "1"
SEED = int(os.environ.get("GAME_SEED") or (secrets.randbits(32) if IS_DEEP else 20260))
ACTIONS = int(os.environ.get("GAME_ACTIONS") or (100_000 if IS_DEEP else 3_000))
LONG = 50_000
"""From so many actions on, everything that can happen must have happened."""

IMPOSSIBLE = {"OwnableInvalidOwner", "InvalidShortString", "StringTooLong"}
"""Errors of OpenZeppelin's constructors."""


@pytest.fixture
def node() -> Iterator[Chain]:
    """A chain for one game."""
    with chain() as node:
        yield node


@pytest.mark.timeout(1800)
def test_whatever_is_sent_contracts_and_model_answer_the_same(
    node: Chain, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        sys.stderr.write(f"\nledger against its model: seed {SEED}, {ACTIONS} actions\n")
    tally = Game(node, SEED).play(ACTIONS)
    assert tally.actions >= ACTIONS
    assert 0.35 < tally.allowed_share < 0.75, tally.report()
    if ACTIONS >= LONG:
        with capsys.disabled():
            sys.stderr.write(f"{tally.report()}\n")
        _require_everything(tally)


@pytest.mark.parametrize("game", GAMES, ids=lambda game: str(game["seed"]))
def test_games_that_once_found_them_apart_find_nothing_now(
    node: Chain, game: dict[str, Any]
) -> None:
    tally = Game(node, game["seed"]).play(game["actions"])
    assert tally.actions >= game["actions"]


def _require_everything(tally: Tally) -> None:
    for machine, counted in (
        ("order", tally.recorded),
        ("delivery", tally.recorded),
        ("agreement", tally.steps_taken),
    ):
        for row in TABLE[machine]["rows"]:
            assert counted[row["id"]] > 0, f"never: {row['action']}\n{tally.report()}"
    for contract in ("OrderLedger", "OrgRegistry", "Authority"):
        for entry in load_contract(contract).abi:
            if entry["type"] == "error" and entry["name"] not in IMPOSSIBLE:
                assert tally.errors[entry["name"]] > 0, f"never: {entry['name']}"
            if entry["type"] == "event" and entry["name"] != "EIP712DomainChanged":
                assert tally.events[entry["name"]] > 0, f"never: {entry['name']}"

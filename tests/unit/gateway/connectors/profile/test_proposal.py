"""Proposed profiles are TOML, whatever samples say."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from gateway.connectors.profile.proposal import Key, Section, spelled, spelled_key, written

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.one_of(
    TEXT,
    st.booleans(),
    st.integers(0, 10**6),
    st.lists(TEXT, max_size=3),
    st.dictionaries(TEXT, TEXT, max_size=3),
)


@given(TEXT, VALUES)
def test_a_key_is_read_again_as_it_was(name: str, value: object) -> None:
    assert tomllib.loads(f"{spelled_key(name)} = {spelled(value)}") == {name: value}  # type: ignore[arg-type]


@given(TEXT, TEXT, VALUES)
def test_reasons_and_open_keys_are_comments(why: str, name: str, value: object) -> None:
    keys = (Key("x", 1, why), Key(name, value, why, is_open=True))  # type: ignore[arg-type]
    text = written([Section("[a]", keys, why), Section("[b]", keys[1:], why)])
    assert tomllib.loads(text) == {"a": {"x": 1}}

"""Profiles as callers are shown them."""

from __future__ import annotations

from pydantic import Field

from gateway.answer import View


class ProfileVersionView(View):
    """One version of a profile."""

    version: str = Field(examples=["2026-11-01"])
    stored_at: str


class ProfileView(View):
    """A partner's profile in use."""

    name: str = Field(examples=["acme"])
    version: str = Field(examples=["2026-11-01"])
    senders: list[str] = Field(description="What whoever brings its messages is called.")
    addresses: list[str] = Field(description="Its own in envelopes.")
    tables: list[str] = Field(description="The CSV files and workbooks that it sends.")
    versions: list[ProfileVersionView] = Field(description="All there were, the oldest first.")

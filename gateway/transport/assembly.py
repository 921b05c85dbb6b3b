"""Puts the porter together from a gateway's settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Engine

from gateway.inbox.care import Rules
from gateway.settings import Settings
from gateway.transport.book import Book
from gateway.transport.channel import Channel, Limits
from gateway.transport.declaration import (
    Declaration,
    FolderDeclaration,
    SftpDeclaration,
    load,
)
from gateway.transport.folder import FolderChannel
from gateway.transport.http import HttpChannel
from gateway.transport.porter import LEASE, Porter
from ledger.lease import Lease
from ledger.outward import Network

_DAY_MS = 86_400_000


def channels_of(settings: Settings) -> dict[str, Declaration]:
    """Read the channels of a gateway; those that answer nobody have none.

    Raises
    ------
    ChannelsInvalid
        If channels are declared that cannot work.
    """
    if "http" not in settings.gateway.parts:
        return {}
    folder = settings.path(settings.messages.channels)
    return load(folder, settings.organisations, settings.outward.allowed)


def porter_of(settings: Settings, engine: Engine, declared: Mapping[str, Declaration]) -> Porter:
    """Make the porter of a gateway."""
    own, allowed = settings.messages, settings.outward.allowed
    limits = Limits(own.bytes_max)
    routes = {name: (each, channel_of(each, limits, allowed)) for name, each in declared.items()}
    rules = Rules(settings.organisations, round(own.keep_days * _DAY_MS))
    return Porter(Book(engine, Lease(LEASE)), engine, routes, rules)


def channel_of(declared: Declaration, limits: Limits, allowed: Sequence[Network]) -> Channel:
    """Make a channel of what is declared."""
    if isinstance(declared, FolderDeclaration):
        return FolderChannel(declared, limits)
    if isinstance(declared, SftpDeclaration):
        # Loaded by those gateways that have such a channel.
        from gateway.transport.sftp import SftpChannel

        return SftpChannel(declared, limits, allowed)
    return HttpChannel(declared, limits, allowed)

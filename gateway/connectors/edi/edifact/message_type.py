"""The EDIFACT messages that become documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gateway.connectors.edi.message_type import MessageType

MESSAGE_TYPES: Final[Mapping[str, MessageType[Any]]] = {}
"""By name."""

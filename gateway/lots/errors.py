"""What lots are refused for by the gateway itself."""

from __future__ import annotations

from gateway.errors import ResourceUnknown


class LotUnknown(ResourceUnknown):
    """There is no such lot."""

    noun = "lot"

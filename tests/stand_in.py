"""A connection to a real node that answers some questions as a test wants."""

from collections.abc import Callable
from typing import Any

from ledger.client import Client

Answer = Callable[[dict[str, Any]], dict[str, Any] | None]
"""Gives the whole answer to a request, or none to leave it to the node."""


class StandIn(Client):
    """Asks the node what the test does not answer.

    Attributes
    ----------
    says : dict
        What is answered, by method.
    heard : list
        Every request, in order.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.says: dict[str, Answer] = {}
        self.heard: list[dict[str, Any]] = []

    async def _post(self, body: Any) -> Any:
        if isinstance(body, list):
            return [await self._answer(request) for request in body]
        return await self._answer(body)

    async def _answer(self, request: dict[str, Any]) -> Any:
        self.heard.append(request)
        say = self.says.get(request["method"])
        answer = say(request) if say else None
        if answer is None:
            return await super()._post(request)
        return {"jsonrpc": "2.0", "id": request["id"]} | answer

    def refuse(self, method: str, message: str, times: int = 1) -> None:
        """Refuse a method some times; the node never hears of it."""
        left = iter(range(times))

        def say(request: dict[str, Any]) -> dict[str, Any] | None:
            if next(left, None) is None:
                return None
            return {"error": {"code": -32000, "message": message}}

        self.says[method] = say

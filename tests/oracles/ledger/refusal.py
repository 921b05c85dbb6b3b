"""What the model answers: events, and refusals by name with their arguments."""

from typing import Any

Event = tuple[str, dict[str, Any]]
"""An event's name and its fields, as Solidity names them."""


class Refusal(Exception):
    """The model says no, as the contracts' error of this name would."""

    def __init__(self, name: str, *arguments: Any) -> None:
        super().__init__(name, *arguments)
        self.name = name
        self.arguments = arguments

    @property
    def told(self) -> tuple[str, tuple[Any, ...]]:
        return (self.name, self.arguments)


class Undone(Refusal):
    """A refusal of the whole transaction, although its intents stand or fall by themselves."""

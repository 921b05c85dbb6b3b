"""How far the reading of an aggregate has come: a state for each child that it may stand behind.

What is to be done with the next child follows from its tag and the state alone. So it is worked
out once, when the two first meet, and kept; reading a child is one look into a table. States are
few: one for each child that UBL has there, times the choices of required children still missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from gateway.connectors.ubl.reader import step_of
from gateway.connectors.ubl.taking import Take

if TYPE_CHECKING:
    from gateway.connectors.ubl.mapping import Branch, Content, Leaf

STATES_MAX: Final = 4_096
"""How many states of one table are kept: what comes from outside must not fill the memory."""


class Turn(NamedTuple):
    """What is to be done with a child.

    Parameters
    ----------
    after : State
        The state behind it.
    step : str
        Its step of an XPath.
    is_repeated : bool
        Whether one of its name stands before it.
    is_excess : bool
        Whether UBL has it once only, and it is repeated.
    entry : Leaf or Branch, optional
        What it stands for; without one it rides along.
    take : callable, optional
        Takes it quickly where its field holds it exactly: see `gateway.connectors.ubl.taking`.
    """

    after: State
    step: str
    is_repeated: bool
    is_excess: bool = False
    entry: Leaf | Branch | None = None
    take: Take | None = None


class State(dict[str, Turn | None]):
    """A state, and the turns from it that have been met; none for a child out of place.

    Parameters
    ----------
    content : Content
        The table of the aggregate.
    last : str
        Tag of the last child, empty before the first.
    awaited : frozenset of str
        Tags of the children that are required, or filled in where they lack, and have not come.
    """

    __slots__ = ("_awaited", "_content", "_last", "fillers", "missing")

    def __init__(self, content: Content, last: str, awaited: frozenset[str]) -> None:
        super().__init__()
        self._content, self._last, self._awaited = content, last, awaited
        self.missing = tuple(tag for tag in content.required_tags if tag in awaited)
        """What is to be complained of if no more children come."""
        self.fillers = tuple(tag for tag in content.filler_tags if tag in awaited)
        """What is to be noted as left out if no more children come."""

    @classmethod
    def first(cls, content: Content) -> State:
        """Give the state before any child."""
        return cls(content, "", frozenset((*content.required_tags, *content.filler_tags)))

    def __missing__(self, tag: str) -> Turn | None:
        """Work a turn out; what UBL does not have is not kept, for there is no end to it."""
        content, is_repeated = self._content, tag == self._last
        rank = content.ranks.get(tag, -1)
        if rank < 0 or (rank <= content.ranks.get(self._last, -1) and not is_repeated):
            return None
        key = (tag, self._awaited - {tag})
        after = content.states.get(key)
        if after is None:
            after = State(content, *key)
        entry = content.by_tag.get(tag)
        if is_repeated and entry is not None and not entry.is_many:
            turn = Turn(after, step_of(tag), True, not entry.may_repeat)
        else:
            turn = Turn(after, step_of(tag), is_repeated, False, entry, content.takers.get(tag))
        if len(content.states) < STATES_MAX:
            content.states[key], self[tag] = after, turn
        return turn

"""What must befall voyages, so that their success says something."""

from tests.simulation.runtime.voyage import BOUNDARIES

_RPC = (
    "timed out before",
    "timed out after",
    "reset",
    "bad gateway",
    "busy",
    "out of order",
    "lagging",
    "old fork",
    "logs withheld",
    "receipt withheld",
    "nonce too low",
    "nonce too high",
    "pool full",
    "dropped",
    "delayed",
)
_DATABASE = (
    "locked",
    "full",
    "full after commit",
    "input/output error",
    "input/output error after commit",
)
_BLOCKS = ("unreachable", "withheld", "spoiled", "cut short")
_SEA = ("fee changed", "pool forgotten", "returned to old fork")
_DEPTHS = ("1", "2-8", "9-32", "33-64")
_BOUNDARIES = [each for part in BOUNDARIES.values() for each in part]
_MOMENTS = ("question", "answer", "statement", "before commit", "after commit", "idle")

EVERYTHING = frozenset(
    [
        *(f"rpc: {each}" for each in _RPC),
        *(f"database: {each}" for each in _DATABASE),
        *(f"blocks: {each}" for each in _BLOCKS),
        *(f"sea: {each}" for each in _SEA),
        *(f"sea: reorganised {each}" for each in _DEPTHS),
        *(f"sea: lost tail {each}" for each in _DEPTHS),
        *(f"boundary: {each}" for each in _BOUNDARIES),
        *(f"died: {each}" for each in (*_BOUNDARIES, *_MOMENTS)),
        "voyage: rivals",
        "voyage: parts at once",
    ]
)
"""Names of a tally."""

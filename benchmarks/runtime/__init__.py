"""A network under load: what members do to their gateways, and what their subscribers hear."""

from benchmarks.runtime.chain import facts_on_chain
from benchmarks.runtime.cpu import CpuTime, cpu_times
from benchmarks.runtime.ear import Ear
from benchmarks.runtime.load import Load, Outcome
from benchmarks.runtime.papers import Papers, opened_of
from benchmarks.runtime.town import Town, town
from benchmarks.runtime.traffic import Facts, Stream, individual, organised

__all__ = [
    "CpuTime",
    "Ear",
    "Facts",
    "Load",
    "Outcome",
    "Papers",
    "Stream",
    "Town",
    "cpu_times",
    "facts_on_chain",
    "individual",
    "opened_of",
    "organised",
    "town",
]

"""What befell voyages, counted, so that one can see that nothing was left out."""

from collections import Counter
from collections.abc import Iterable


class Tally(Counter[str]):
    """How often each fault struck, each boundary was passed, and each was died at."""

    def report(self) -> str:
        """List all by name."""
        width = max(map(len, self), default=0)
        return "\n".join(f"  {name:{width}} {count:8}" for name, count in sorted(self.items()))


def summed(tallies: Iterable[Tally]) -> Tally:
    """Add up what befell many voyages."""
    total = Tally()
    for each in tallies:
        total.update(each)
    return total

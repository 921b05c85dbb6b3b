"""Everything that touches the chain or a sealed document."""

import sys

# py_ecc, which eth_account brings, lifts the recursion limit of the whole process when first
# imported. JSON nested a few ten thousand levels deep would then overflow the stack and kill a
# gateway, where it should be refused. So it is imported here, first, and the limit put back.
_limit = sys.getrecursionlimit()
import py_ecc  # noqa: E402, F401

sys.setrecursionlimit(_limit)

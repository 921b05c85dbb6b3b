"""What can keep the local network from coming up.

::

    NetworkProblem
    ├── NetworkBusy         another command starts or stops it at this moment
    ├── NetworkNotReady     a part did not come up in time
    ├── PortTaken           another program listens where a part wants to
    └── ProcessDied         a part ended instead of coming up
"""

from __future__ import annotations


class NetworkProblem(RuntimeError):
    """The local network cannot be started."""


class NetworkBusy(NetworkProblem):
    """Another command starts or stops the network of this folder."""


class NetworkNotReady(NetworkProblem):
    """A part of the local network did not come up in time."""


class PortTaken(NetworkProblem):
    """Another program listens on a port that the network needs."""


class ProcessDied(NetworkProblem):
    """A process of the local network ended before it was ready."""

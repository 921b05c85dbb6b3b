"""The refusals of all connectors, and the tree that shows them."""

from __future__ import annotations

import re
from importlib import import_module
from pkgutil import walk_packages

from gateway import connectors
from gateway.connectors import message
from gateway.connectors.message import ConnectorRefused


def test_the_docstring_draws_every_refusal() -> None:
    for module in walk_packages(connectors.__path__, f"{connectors.__name__}."):
        import_module(module.name)
    drawn = re.findall(r"^    [├└]── (\w+) ", message.__doc__ or "", re.MULTILINE)
    classes = {each.__name__ for each in ConnectorRefused.__subclasses__()}
    assert sorted(drawn) == sorted(classes)

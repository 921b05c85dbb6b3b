"""Messages as trees, to be compared whatever their prefixes and blanks between elements."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from lxml import etree

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"


@pytest.fixture(scope="session")
def tree_of() -> Callable[[bytes], object]:
    """Turn a message into names, attributes, texts and children."""

    def tree(element: etree._Element) -> object:
        text = element.text or ""
        if not element.tag.startswith(CBC):
            text = text.strip()
        return (element.tag, sorted(element.items()), text, [tree(child) for child in element])

    def parse(content: bytes) -> object:
        parser = etree.XMLParser(remove_comments=True, remove_pis=True)
        return tree(etree.fromstring(content, parser))

    return parse

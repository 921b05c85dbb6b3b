"""No artefact and no message opens an address or a file."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from lxml import etree

from gateway.connectors.detect import Kind
from gateway.connectors.schemas.checker import Checker
from gateway.connectors.schemas.finding import RulesUnusable
from gateway.connectors.schemas.schematron import Rules, RulesInapplicable
from gateway.connectors.schemas.store import Store
from tests.edi.schemas.artefacts import ORDER, stylesheet

OPENING = {
    "document": "<xsl:copy-of select=\"document('{url}')\"/>",
    "doc-available": "<xsl:if test=\"doc-available('{url}')\"><secret/></xsl:if>",
    "unparsed-text": "<xsl:value-of select=\"unparsed-text('{url}')\"/>",
    "collection": "<xsl:copy-of select=\"collection('{url}')\"/>",
    "result-document": '<xsl:result-document href="{url}"><a/></xsl:result-document>',
}


class Asked(http.server.BaseHTTPRequestHandler):
    """Notes whoever asks."""

    paths: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.paths.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<secret/>")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Asked)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    Asked.paths.clear()
    yield f"http://127.0.0.1:{server.server_port}/secret"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("way", OPENING)
def test_stylesheet_opens_no_address(tmp_path: Path, url: str, way: str) -> None:
    path = tmp_path / "RULES.xslt"
    path.write_text(stylesheet(OPENING[way].format(url=url)))
    with suppress(RulesUnusable, RulesInapplicable):
        assert Rules(path).failures(_order()) == []
    assert Asked.paths == []


@pytest.mark.parametrize("way", OPENING)
def test_stylesheet_opens_and_writes_no_file(tmp_path: Path, way: str) -> None:
    secret, path = tmp_path / "secret.xml", tmp_path / "RULES.xslt"
    secret.write_text("<secret/>")
    opening = OPENING[way].format(url=secret.as_uri())
    told = f"<svrl:failed-assert id='E'><svrl:text>{opening}</svrl:text></svrl:failed-assert>"
    path.write_text(stylesheet(told))
    with suppress(RulesUnusable, RulesInapplicable):
        assert [each.text for each in Rules(path).failures(_order())] == [""]
    assert secret.read_text() == "<secret/>"


def test_stylesheet_sees_no_environment(tmp_path: Path) -> None:
    path = tmp_path / "RULES.xslt"
    told = "<xsl:value-of select=\"environment-variable('HOME')\"/>"
    failed = f"<svrl:failed-assert id='E'><svrl:text>{told}</svrl:text></svrl:failed-assert>"
    path.write_text(stylesheet(failed))
    [failure] = Rules(path).failures(_order())
    assert failure.text == ""


def test_message_with_a_foreign_dtd_opens_no_address(store: Store, url: str) -> None:
    text = f'<!DOCTYPE cXML SYSTEM "{url}"><cXML payloadID="1"><Header/><Request/></cXML>'
    assert Checker(store.folder).check(text.encode(), Kind("cxml", "OrderRequest"), "2026-01-01")
    assert Asked.paths == []


def _order() -> etree._Element:
    return etree.fromstring(ORDER.encode())

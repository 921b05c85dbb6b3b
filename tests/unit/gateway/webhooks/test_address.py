"""Which addresses a webhook may have."""

from ipaddress import ip_network

import pytest

from gateway.webhooks.address import require_url
from gateway.webhooks.errors import WebhookUrlRefused
from ledger.outward import LOOPBACK, OutwardAddressRefused

PRIVATE = [ip_network("10.0.0.0/8"), *LOOPBACK]


@pytest.mark.parametrize(
    "url",
    [
        "https://erp.example.com/consign?token=a",
        "https://erp.example.com:8443/",
        "https://8.8.8.8/hook",
        "https://[2001:4860:4860::8888]/hook",
    ],
)
def test_public_https_address_is_taken(url: str) -> None:
    require_url(url, ())


@pytest.mark.parametrize("url", ["http://10.1.2.3/", "http://localhost:9/", "https://10.1.2.3/"])
def test_allowed_host_may_be_private_and_speak_http(url: str) -> None:
    require_url(url, PRIVATE)
    with pytest.raises((WebhookUrlRefused, OutwardAddressRefused)):
        require_url(url, ())


@pytest.mark.parametrize(
    "url",
    [
        "http://erp.example.com/",
        "http://8.8.8.8/",
        "ftp://erp.example.com/",
        "file:///etc/passwd",
        "erp.example.com",
        "https://",
        "https:///path",
        "https://user@erp.example.com/",
        "https://user:secret@erp.example.com/",
        "https://erp.example.com/#part",
        "https://erp.example.com:99999/",
        "https://erp.example.com:x/",
        "https://[::1/",
        "https://erp.example.com/a b",
        "https://erp.example.com/\n",
        "https://\u0435rp.example.com/",
        "",
    ],
)
def test_other_address_is_refused_with_a_finding(url: str) -> None:
    with pytest.raises(WebhookUrlRefused) as caught:
        require_url(url, PRIVATE)
    assert caught.value.findings[0].path == "/body/url"
    assert "secret" not in str(caught.value.findings)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://localhost/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://192.168.0.1/",
    ],
)
def test_literal_private_address_is_refused_by_name(url: str) -> None:
    with pytest.raises(OutwardAddressRefused):
        require_url(url, ())

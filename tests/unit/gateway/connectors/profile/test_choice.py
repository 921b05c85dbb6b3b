"""One place chooses the partner of a message, and refuses to guess between two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.connectors.edi.message import Address
from gateway.connectors.message import InvalidProfile
from gateway.connectors.profile.choice import PartnerAmbiguous, Partners
from gateway.connectors.profile.envelope import sender_of
from gateway.connectors.profile.partner import NOBODY, Partner

ACME = Partner("acme", "1", senders=("van",), addresses=("14:ACME",))
ZETA = Partner("zeta", "1", senders=("van", "zeta sftp"), addresses=("ZETA",))
BOTH = Partners((ACME, ZETA))
AT_ACME = Address("ACME", "14")


def test_a_partner_is_found_by_its_name_its_senders_or_its_addresses() -> None:
    assert BOTH.choose("acme") == ACME
    assert BOTH.choose("zeta sftp") == ZETA
    assert BOTH.choose("", AT_ACME) == ACME
    assert BOTH.choose("", Address("ZETA ", "01")) == ZETA


def test_a_partner_without_a_profile_is_nobody() -> None:
    assert BOTH.choose("") == NOBODY
    assert BOTH.choose("stranger") == NOBODY
    assert BOTH.choose("stranger", Address("ACME", "01")) == NOBODY
    assert Partners().choose("acme", AT_ACME) == NOBODY


def test_a_carrier_of_several_is_told_apart_by_the_envelope() -> None:
    assert BOTH.choose("van", AT_ACME) == ACME
    with pytest.raises(PartnerAmbiguous) as refused:
        BOTH.choose("van")
    assert "acme or zeta" in refused.value.findings[0].rule


def test_an_envelope_that_names_another_than_the_sender_is_refused() -> None:
    with pytest.raises(PartnerAmbiguous) as refused:
        BOTH.choose("zeta", AT_ACME)
    (finding,) = refused.value.findings
    assert finding.found == "zeta 14:ACME"
    assert finding.what_to_do


def test_an_envelope_of_a_stranger_does_not_outweigh_the_sender() -> None:
    assert BOTH.choose("acme", Address("NEW", "14")) == ACME


def test_a_stored_profile_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidProfile):
        Partners.of([b"name = 3"])


ISA = (
    "ISA*00*          *00*          *ZZ*ACME           *01*WE             "
    "*261102*0915*U*00401*000000081*0*P*>~"
)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (ISA.encode(), Address("ACME", "ZZ")),
        (b"\xef\xbb\xbf\r\n" + ISA.encode() + "\u4e2d".encode("gb18030"), Address("ACME", "ZZ")),
        (b"UNB+UNOC:3+ACME:14+WE:14+1+2'", Address("ACME", "14")),
        (b"UNA:+.? '\r\nUNB+UNOC:3+A?:C?+ME+WE'", Address("A:C+ME", "")),
        (b"UNA|!,\\ ~UNB!UNOC|3!ACME|14!WE~", Address("ACME", "14")),
        (ISA[:90].encode(), None),
        (b"ISA", None),
        (b"UNB+UNOC:3", Address("", "")),
        (b"<Order/>", None),
        (b"", None),
    ],
)
def test_the_sender_is_told_from_the_beginning(head: bytes, expected: Address | None) -> None:
    assert sender_of(head) == expected


@given(st.sampled_from([b"", b"ISA", ISA.encode()[:50], b"UNA", b"UNB+"]), st.binary(max_size=120))
def test_no_beginning_breaks_the_telling(head: bytes, rest: bytes) -> None:
    sender_of(head + rest)

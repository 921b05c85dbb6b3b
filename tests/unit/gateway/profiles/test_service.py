"""Profiles are kept by version: what was in use stays, and one version stands for one content."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from gateway.connectors.message import InvalidProfile
from gateway.profiles import book, service
from gateway.profiles.errors import (
    ProfileAddressTaken,
    ProfileLimitReached,
    ProfileUnknown,
    ProfileVersionTaken,
)
from gateway.profiles.service import PROFILES_MAX, VERSIONS_MAX
from ledger.database import reading, writing

OURS, THEIRS = 1, 2


def _profile(version: str = "1", more: str = "", name: str = "acme") -> bytes:
    return f'name = "{name}"\nversion = "{version}"\n{more}\n'.encode()


def test_a_profile_is_stored_shown_and_given_as_it_was(engine: Engine) -> None:
    content = _profile(more='senders = ["van"]\naddresses = ["ZZ:ACME"]')
    stored, is_new = service.store(engine, OURS, "acme", content)
    assert is_new
    assert (stored.name, stored.version, stored.senders) == ("acme", "1", ["van"])
    assert service.profile(engine, OURS, "acme") == stored
    assert service.profiles(engine, OURS).items == [stored]
    assert service.content(engine, OURS, "acme", None) == content


def test_storing_the_same_again_changes_nothing(engine: Engine) -> None:
    first, _ = service.store(engine, OURS, "acme", _profile())
    assert service.store(engine, OURS, "acme", _profile()) == (first, False)


def test_every_version_stays_and_the_last_stored_is_in_use(engine: Engine) -> None:
    service.store(engine, OURS, "acme", _profile("1"))
    service.store(engine, OURS, "acme", _profile("2", 'currency = "EUR"'))
    shown, is_new = service.store(engine, OURS, "acme", _profile("1"))
    assert is_new, "going back to an earlier version is a change"
    assert (shown.version, [each.version for each in shown.versions]) == ("1", ["1", "2"])
    assert service.content(engine, OURS, "acme", "2") == _profile("2", 'currency = "EUR"')
    with reading(engine) as session:
        (partner,) = book.partners(session, OURS).known
        assert (partner.label, partner.currency) == ("acme 1", "")


def test_a_version_stands_for_one_content(engine: Engine) -> None:
    service.store(engine, OURS, "acme", _profile())
    with pytest.raises(ProfileVersionTaken):
        service.store(engine, OURS, "acme", _profile(more='currency = "EUR"'))


def test_a_profile_has_the_name_under_which_it_is_stored(engine: Engine) -> None:
    with pytest.raises(InvalidProfile) as refused:
        service.store(engine, OURS, "other", _profile())
    assert refused.value.findings[0].location.path == "name"


def test_an_address_is_of_one_partner_and_a_sender_may_carry_for_several(engine: Engine) -> None:
    more = 'senders = ["van"]\naddresses = ["ZZ:ONE"]'
    service.store(engine, OURS, "acme", _profile(more=more))
    with pytest.raises(ProfileAddressTaken):
        service.store(engine, OURS, "zeta", _profile(more=more, name="zeta"))
    service.store(engine, OURS, "zeta", _profile(more=more.replace("ONE", "TWO"), name="zeta"))
    service.store(engine, THEIRS, "zeta", _profile(more=more, name="zeta"))


def test_a_retired_profile_is_used_no_more_and_can_come_back(engine: Engine) -> None:
    service.store(engine, OURS, "acme", _profile(more='addresses = ["ZZ:ONE"]'))
    service.retire(engine, OURS, "acme")
    for act in (service.profile, service.retire):
        with pytest.raises(ProfileUnknown):
            act(engine, OURS, "acme")
    with pytest.raises(ProfileUnknown):
        service.content(engine, OURS, "acme", None)
    assert service.profiles(engine, OURS).items == []
    assert service.content(engine, OURS, "acme", "1")
    more = 'addresses = ["ZZ:ONE"]'
    service.store(engine, OURS, "zeta", _profile(more=more, name="zeta"))
    service.retire(engine, OURS, "zeta")
    assert service.store(engine, OURS, "acme", _profile(more=more))[1]


def test_profiles_are_those_of_their_organisation_alone(engine: Engine) -> None:
    service.store(engine, OURS, "acme", _profile())
    with pytest.raises(ProfileUnknown):
        service.profile(engine, THEIRS, "acme")
    with pytest.raises(ProfileUnknown):
        service.content(engine, THEIRS, "acme", "1")
    with reading(engine) as session:
        assert book.partners(session, THEIRS).known == ()


def test_of_several_versions_that_come_at_once_none_is_lost_unsaid(engine: Engine) -> None:
    def store(version: int) -> bool:
        try:
            return service.store(engine, OURS, "acme", _profile(str(version)))[1]
        except ProfileVersionTaken:
            return False

    with ThreadPoolExecutor(4) as pool:
        stored = list(pool.map(store, range(1, 5)))
    assert len(service.profile(engine, OURS, "acme").versions) == sum(stored) >= 1


def test_profiles_and_versions_are_not_without_number(engine: Engine) -> None:
    with writing(engine) as session:
        for number in range(PROFILES_MAX):
            name = f"p{number}"
            book.store(session, OURS, name, 1, "1", _profile(name=name))
        for number in range(2, VERSIONS_MAX + 1):
            book.store(session, OURS, "p0", number, str(number), _profile(str(number), name="p0"))
    with pytest.raises(ProfileLimitReached):
        service.store(engine, OURS, "acme", _profile())
    with pytest.raises(ProfileLimitReached):
        service.store(engine, OURS, "p0", _profile("new", name="p0"))
    last = _profile(str(VERSIONS_MAX), name="p0")
    assert not service.store(engine, OURS, "p0", last)[1], "what is in use needs no room"
    assert service.store(engine, OURS, "p1", _profile("2", name="p1"))[1]
    service.retire(engine, OURS, "p2")
    assert service.store(engine, OURS, "acme", _profile())[1]

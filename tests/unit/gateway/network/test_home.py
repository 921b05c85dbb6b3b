"""The folder of the local network."""

from __future__ import annotations

import stat
from pathlib import Path

from gateway.network.home import Home, Ports
from gateway.network.members import GATEWAYS, MEMBERS, member
from gateway.settings import Settings

NUMBERS = {each.alias: number for number, each in enumerate(MEMBERS, start=1)}
PORTS = Ports(1, {"brand": 2, "suppliers": 3, "pool": 4})


def test_keys_that_exist_are_never_replaced(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make_keys()
    address = home.signing_key(member("brand")).address
    public = home.encryption_public_key(member("brand"))
    home.make_keys()
    assert home.signing_key(member("brand")).address == address
    assert home.encryption_public_key(member("brand")) == public
    assert len({home.signing_key(each).address for each in MEMBERS}) == len(MEMBERS)


def test_settings_of_each_gateway_can_be_loaded(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make_keys()
    home.write_settings(PORTS, NUMBERS)
    hosted: list[int] = []
    for name in GATEWAYS:
        settings = Settings.load(home.gateway(name))
        assert settings.gateway.port == PORTS.gateways[name]
        hosted += settings.organisations
    assert sorted(hosted) == list(range(1, len(MEMBERS)))


def test_keys_that_were_rotated_and_destroyed_are_what_the_settings_name(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make_keys()
    first = home.keys_of(member("brand")) / "brand.epoch-1.pem"
    first.rename(first.with_name("brand.epoch-9.pem"))
    first.with_name("brand.epoch-10.pem").write_bytes(b"next")
    home.make_keys()
    home.write_settings(PORTS, NUMBERS)
    (brand,) = Settings.load(home.gateway("brand")).organisation
    names = {epoch: file.name for epoch, file in brand.encryption_by_epoch.items()}
    assert names == {9: "brand.epoch-9.pem", 10: "brand.epoch-10.pem"}


def test_what_was_remembered_comes_back_and_is_for_the_owner_only(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.ports() is None
    assert home.sign_in_entries() == []
    home.remember_ports(PORTS)
    home.remember_sign_in([{"alias": "brand", "api_key": "secret"}])
    assert home.ports() == PORTS
    assert home.sign_in_entries() == [{"alias": "brand", "api_key": "secret"}]
    assert stat.S_IMODE(home.sign_in.stat().st_mode) == 0o600

"""Settings by file and environment."""

from pathlib import Path

import pytest

from gateway.settings import Settings, SettingsInvalid

FILE = """
[gateway]
port = 9001
[chain]
url = "http://node:8545"
[[organisation]]
number = 1
signing = "keys/org-1.json"
encryption = ["keys/org-1.epoch-1.pem"]
"""


def write(home: Path, text: str = FILE) -> Path:
    (home / "consign.toml").write_text(text)
    return home


def test_file_gives_settings_and_defaults_fill_the_rest(tmp_path: Path) -> None:
    settings = Settings.load(write(tmp_path))
    assert settings.gateway.host == "127.0.0.1"
    assert settings.gateway.port == 9001
    assert settings.endpoint == "http://127.0.0.1:9001"
    assert settings.organisations == {1}
    assert settings.database_url == f"sqlite:///{tmp_path}/ledger.sqlite"
    assert settings.path(settings.chain.deployment) == tmp_path.parent / "network/deployment.json"


def test_environment_overrules_one_key_and_leaves_its_neighbours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONSIGN_GATEWAY__HOST", "::1")
    monkeypatch.setenv("CONSIGN_DATABASE__URL", "postgresql://db/consign")
    monkeypatch.setenv("CONSIGN_HOME", "/elsewhere")
    settings = Settings.load(write(tmp_path))
    assert (settings.gateway.host, settings.gateway.port) == ("::1", 9001)
    assert settings.database_url == "postgresql://db/consign"
    assert settings.home == tmp_path


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("port = ", "consign.toml"),
        ("[gatewy]\n", "gatewy"),
        ("[gateway]\nport = 70000\n", "gateway.port"),
        ("[gateway]\nprot = 1\n", "gateway.prot"),
        (FILE + FILE[FILE.index("[[") :], "stands twice"),
        ('[gateway]\nparts = ["htpp"]\n', "gateway.parts.0"),
        ("[gateway]\nparts = []\n", "gateway.parts"),
        ("[relayer]\nkeystores = []\n", "relayer.keystores"),
        ('[relayer]\nkeystore = "keys/relayer.json"\n', "relayer.keystore"),
        ("[relayer]\nin_flight_max = 0\n", "relayer.in_flight_max"),
        ('[outward]\nallowed = ["10.0.0.1/8"]\n', "outward.allowed"),
        ("[webhooks]\nat_once = 0\n", "webhooks.at_once"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(SettingsInvalid, match=place):
        Settings.load(write(tmp_path, text))


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"no consign\.toml"):
        Settings.load(tmp_path)

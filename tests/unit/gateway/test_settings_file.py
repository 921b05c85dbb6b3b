"""Naming encryption keys in a settings file that people wrote."""

from pathlib import Path

import pytest

from gateway.settings import Settings, SettingsInvalid
from gateway.settings_file import name_encryption_keys

TEXT = """# ours
[gateway]
port = 8105

[[organisation]]  # the first
number = 7
signing = "keys/seven.json"
encryption = ["keys/seven.pem"]  # kept

[[organisation]]
number = 70
signing = "keys/seventy.json"
encryption = [
  "keys/seventy.pem",
]
"""


def _written(folder: Path, text: str = TEXT) -> Path:
    (folder / "consign.toml").write_text(text)
    return folder


def test_only_the_keys_of_the_one_organisation_are_changed(tmp_path: Path) -> None:
    home = _written(tmp_path)
    name_encryption_keys(home, 70, ["keys/seventy.pem", "keys/new.pem"], 1)
    name_encryption_keys(home, 7, ["keys/late.pem"], 4)
    seven, seventy = Settings.load(home).organisation
    assert seven.encryption_by_epoch == {4: Path("keys/late.pem")}
    assert [str(each) for each in seventy.encryption] == ["keys/seventy.pem", "keys/new.pem"]
    text = (home / "consign.toml").read_text()
    assert text.startswith("# ours\n[gateway]\nport = 8105\n\n[[organisation]]  # the first\n")
    name_encryption_keys(home, 7, ["keys/late.pem", "keys/later.pem"], 4)
    (seven, _) = Settings.load(home).organisation
    assert list(seven.encryption_by_epoch) == [4, 5]


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("number = 7\n", "number = 8\n"),
        TEXT.replace('encryption = ["keys/seven.pem"]', 'encryption = ["keys/]seven.pem"]'),
        "organisation = [{number = 7, signing = 'a', encryption = ['b']}]\n",
    ],
)
def test_a_file_that_is_not_understood_is_left_alone_and_says_what_to_write(
    tmp_path: Path, text: str
) -> None:
    home = _written(tmp_path, text)
    with pytest.raises(SettingsInvalid, match="by hand for organisation 7: encryption"):
        name_encryption_keys(home, 7, ["keys/new.pem"], 2)
    assert (home / "consign.toml").read_text() == text

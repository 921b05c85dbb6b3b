"""Channels that cannot work are refused when the gateway starts, with everything that is wrong."""

from __future__ import annotations

from pathlib import Path

import asyncssh
import pytest

from gateway.transport.declaration import (
    ChannelsInvalid,
    FolderDeclaration,
    HttpDeclaration,
    SftpDeclaration,
    load,
)

HOST_KEY = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
EACH = 'organisation = 1\npartner = "mill"\n'
SFTP = f'{EACH}kind = "sftp"\nhost = "sftp.mill.example"\nuser = "u"\nhost_keys = ["{HOST_KEY}"]\n'


def _findings(folder: Path, text: str) -> list[str]:
    (folder / "mill.toml").write_text(text)
    with pytest.raises(ChannelsInvalid) as refused:
        load(folder, {1})
    return refused.value.findings


def test_every_kind_is_read_and_its_files_lie_beside_it(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("")
    (tmp_path / "a.toml").write_text(f'{EACH}kind = "folder"\npath = "drop"\n')
    (tmp_path / "b.toml").write_text(f'{SFTP}key = "key"\ncollect = "/out"\n')
    (tmp_path / "c.toml").write_text(f'{EACH}kind = "http"\ncollect = "https://mill.example/"\n')
    found = load(tmp_path, {1})
    assert [type(each) for each in found.values()] == [
        FolderDeclaration,
        SftpDeclaration,
        HttpDeclaration,
    ]
    folder, sftp = found["a"], found["b"]
    assert isinstance(folder, FolderDeclaration)
    assert isinstance(sftp, SftpDeclaration)
    assert folder.path == tmp_path / "drop"
    assert sftp.key == tmp_path / "key"


def test_without_a_folder_there_is_no_channel(tmp_path: Path) -> None:
    assert load(tmp_path / "none", {1}) == {}


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("organisation =", "mill.toml: Invalid value"),
        (EACH, "mill.toml: the file: Unable to extract tag"),
        (f'{EACH}kind = "pigeon"', "does not match any of the expected tags"),
        (f'{EACH}kind = "folder"', "path: Field required"),
        (f'{EACH}kind = "folder"\npath = "x"\npaht = "y"', "paht: Extra inputs"),
        ('organisation = 2\npartner = "m"\nkind = "folder"\npath = "x"', "2 is not hosted here"),
        (f'{EACH}kind = "folder"\npath = "x"\nevery_s = 0', "every_s: Input should be greater"),
        (f'{EACH}kind = "http"', "name an address to collect from"),
        (f'{EACH}kind = "http"\nbring = "http://mill.example/"', "bring: must begin with https"),
        (f'{EACH}kind = "http"\nbring = "https://10.0.0.1/"', "bring: "),
        (f'{EACH}kind = "http"\ncollect = "https://a:b@c.example/"', "must not hold a user name"),
        (f'{EACH}kind = "http"\naccept_file = "none"', "accept_file: there is no such file"),
        (f'{EACH}kind = "http"\naccept_file = "mill.toml"\nkeeps = 1', "keeps: Extra inputs"),
        (f'{SFTP}collect = "/"', "name a key or a password_file"),
        (f'{SFTP}key = "key"', "name a folder to collect from"),
        (f'{SFTP}key = "key"\ncollect = "/"', "key: there is no such file"),
        (f'{SFTP}key="k"\ncollect="/"\nkeeps=true\ndone="/d"', "is not kept where it is"),
        (SFTP.replace(HOST_KEY, "ssh-rsa AAAA"), "host_keys.0: Value error, must be a public key"),
        (SFTP.replace(f'"{HOST_KEY}"', ""), "host_keys: Tuple should have at least 1 item"),
    ],
)
def test_what_cannot_work_is_named(tmp_path: Path, text: str, finding: str) -> None:
    assert any(finding in each for each in _findings(tmp_path, text))


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("]")
    findings = _findings(tmp_path, f'{EACH}kind = "http"\ntoken_file = "t"\nbring = "ftp://x"')
    assert [each.split(":")[0] for each in findings] == ["mill.toml", "mill.toml", "other.toml"]


def test_two_channels_do_not_bring_to_the_same_partner(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").write_text(f'{EACH}kind = "folder"\npath = "x"\n')
    findings = _findings(tmp_path, f'{EACH}kind = "http"\nbring = "https://mill.example/"\n')
    assert findings == ["folder and mill both bring messages to mill"]
    (tmp_path / "mill.toml").write_text(f'{EACH}kind = "http"\ncollect = "https://mill.example/"\n')
    assert len(load(tmp_path, {1})) == 2


def test_a_token_that_can_be_guessed_is_none(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("fifteen letters\n")
    text = f'{EACH}kind = "http"\naccept_file = "token"\n'
    expected = "mill.toml: accept_file: a token has at least 16 characters"
    assert _findings(tmp_path, text) == [expected]
    (tmp_path / "token").write_text("sixteen letters!\n")
    assert load(tmp_path, {1})

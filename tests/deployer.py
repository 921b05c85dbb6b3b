"""Somebody who deploys by the command line."""

from pathlib import Path
from typing import Final

from click.testing import Result
from typer.testing import CliRunner

from gateway.cli import app
from ledger.key import SigningKey
from tests.foreign_chain import ask

COUNCIL: Final = SigningKey.create().address
PASSWORD = "correct horse"
ENVIRONMENT = {"COLUMNS": "300", "NO_COLOR": "1", "TERM": "dumb"}


class Deployer:
    """Somebody with an account and a folder, who calls the command."""

    def __init__(self, folder: Path) -> None:
        self.key = SigningKey.create()
        self.out = folder / "deployment.json"
        self._keystore = folder / "key.json"
        self._password = folder / "password"
        self.key.save(self._keystore, PASSWORD, is_light=True)
        self._password.write_text(PASSWORD + "\n")

    def words(self, url: str, *more: str) -> list[str]:
        files = ["--keystore", str(self._keystore), "--password-file", str(self._password)]
        return [
            *("deploy", "--rpc", url, "--council", COUNCIL, "--out", str(self.out)),
            *files,
            *more,
        ]

    def deploy(self, url: str, *more: str) -> Result:
        return call(*self.words(url, *more))

    def nonce(self, url: str) -> int:
        return int(ask(url, "eth_getTransactionCount", self.key.address, "latest"), 16)


def call(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env=ENVIRONMENT)


def code_at(url: str, address: str) -> str:
    code: str = ask(url, "eth_getCode", address, "latest")
    return code

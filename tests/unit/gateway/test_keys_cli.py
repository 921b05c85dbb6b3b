"""`consign keys` says what it cannot do, and ends with a code for programs."""

from pathlib import Path

from typer.testing import CliRunner

from gateway.cli import app


def _said(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(
        app, ["keys", *map(str, words)], env={"COLUMNS": "200", "NO_COLOR": "1"}
    )
    return result.exit_code, result.output


def test_a_folder_without_settings_cannot_be_worked_in(tmp_path: Path) -> None:
    for words in (("show",), ("rotate",), ("rewrap",), ("retire",), ("shred", "0x" + "1" * 64)):
        code, said = _said(*words, "--home", tmp_path)
        assert (code, "consign.toml" in said) == (2, True), said


def test_a_folder_without_its_keys_is_named(tmp_path: Path) -> None:
    table = '[[organisation]]\nnumber = 1\nsigning = "keys/a.json"\nencryption = ["keys/a.pem"]\n'
    (tmp_path / "consign.toml").write_text(table)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "password").write_text("for tests")
    code, said = _said("show", "--home", tmp_path)
    assert code == 2
    assert "KeystoreUnreadable" in said
    code, said = _said("show", "--home", tmp_path, "--organisation", 4)
    assert (code, "no organisation 4" in said) == (2, True)


def test_a_commitment_is_64_digits(tmp_path: Path) -> None:
    for text in ("0x12", "lorem"):
        code, said = _said("shred", text, "--home", tmp_path)
        assert code == 2
        assert "64 hexadecimal digits" in said

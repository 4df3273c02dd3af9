"""The key file, and what is sealed with it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from service.storage.sealing import CONFIG, KeyFileError, Seal

CONFIGURATION = CONFIG.validate_python({"type": "url", "value": {"url": "file:///srv"}})


def test_a_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "storage.key"
    sealed = Seal.from_file(file).seal(CONFIGURATION)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Seal.from_file(file).unseal(sealed) == CONFIGURATION
    assert b"srv" not in sealed


def test_another_key_does_not_open(tmp_path: Path) -> None:
    sealed = Seal.from_file(tmp_path / "one").seal(CONFIGURATION)
    with pytest.raises(KeyFileError, match="another key"):
        Seal.from_file(tmp_path / "other").unseal(sealed)


def test_a_file_that_holds_no_key_is_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "storage.key"
    file.write_text("not a key")
    with pytest.raises(KeyFileError, match="Restore it from a backup"):
        Seal.from_file(file)
    assert file.read_text() == "not a key"


def test_a_key_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=str(tmp_path)):
        Seal.from_file(tmp_path)


def test_a_seal_does_not_print_its_key(tmp_path: Path) -> None:
    file = tmp_path / "storage.key"
    assert file.name not in repr(Seal.from_file(file))
    assert "cipher" not in repr(Seal.from_file(file))

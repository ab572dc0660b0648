from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from gatepass.centre.configuration import Configuration


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEPASS_CENTRE_DIR", raising=False)


def test_without_a_folder_the_start_fails_and_names_the_setting() -> None:
    with pytest.raises(ValidationError, match="dir"):
        Configuration()


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8600", "http://localhost", "http://[::1]:8600", "https://gate.example.org"]
)
def test_an_address_on_this_machine_or_with_tls_is_taken(tmp_path: Path, address: str) -> None:
    assert Configuration(dir=tmp_path, address=address).address == address


@pytest.mark.parametrize(
    "address", ["gate.example.org", "ftp://gate.example.org", "https://gate.example.org/centre", "https://"]
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(ValidationError):
        Configuration(dir=tmp_path, address=address)


def test_plain_http_beyond_this_machine_must_be_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="ALLOW_PLAIN_HTTP"):
        Configuration(dir=tmp_path, address="http://10.0.0.5:8600")
    assert not Configuration(dir=tmp_path, address="http://10.0.0.5:8600", allow_plain_http=True).https


def test_the_address_of_a_database_is_postgresql_and_a_wrong_one_is_refused_without_repeating_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = "postgresql://gate:swordfish@db.example.org/town"
    assert Configuration(dir=tmp_path, passages_dsn=good).passages_dsn.get_secret_value() == good
    assert "swordfish" not in repr(Configuration(dir=tmp_path, passages_dsn=good))
    monkeypatch.setenv("GATEPASS_CENTRE_PASSAGES_DSN", "mysql://gate:swordfish@db.example.org/town")
    with pytest.raises(ValidationError, match="passages_dsn") as caught:
        Configuration(dir=tmp_path)
    assert "swordfish" not in str(caught.value)

"""A store that is away is said in the reader's language, with the next step, and programs know when to come again."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from structlog.testing import capture_logs

from gatepass.centre.accounts.roles import Role
from gatepass.centre.passages.log import LogUnavailableError

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", "暂时无法使用"),
        ("zh-hant", "暫時無法使用"),
        ("en", "Not available just now"),
        ("ko", "지금은 이용할 수 없습니다"),
        ("ja", "ただいま利用できません"),
    ],
)
def test_a_page_whose_store_is_away_is_a_503_with_a_next_step(employ, log_in, monkeypatch, language, said) -> None:
    def away(*_arguments: object, **_named: object) -> None:
        raise LogUnavailableError("OperationalError")

    user = employ(Role.OFFICE)
    user.language = language
    user.save()
    monkeypatch.setattr("gatepass.centre.passages.sqlite_log.SqlitePassageLog.read", away)
    with capture_logs() as lines:
        answer = log_in(user).get("/passages/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert said in answer.content.decode()
    assert {"page": "passages", "error": "LogUnavailableError"}.items() <= lines[-1].items()


def test_a_database_that_cannot_write_is_one_too_and_a_fault_of_ours_is_not(employ, log_in, monkeypatch) -> None:
    client = log_in(employ(Role.OFFICE))

    def fails(error: Exception) -> int:
        def away(*_arguments: object, **_named: object) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr("gatepass.centre.passages.sqlite_log.SqlitePassageLog.read", away)
            client.raise_request_exception = False
            return client.get("/passages/").status_code

    assert fails(OperationalError("database is locked")) == 503
    assert fails(ZeroDivisionError()) == 500

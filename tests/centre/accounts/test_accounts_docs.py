"""docs/accounts.md against the code."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from gatepass.centre.accounts import lockout
from gatepass.centre.accounts.actions import one_time_password
from gatepass.centre.accounts.forms import InvitationForm
from gatepass.centre.accounts.invitations import INVITATION_LIVES
from gatepass.centre.accounts.sessions import NOTED_AGAIN_AFTER

PAGE = (Path(__file__).parents[3] / "docs" / "accounts.md").read_text(encoding="utf-8")


def test_the_figures_are_those_of_the_code() -> None:
    assert f"After {lockout.FAILURES_OF_A_NAME} wrong passwords a user name waits {lockout.WAIT.seconds // 60}" in PAGE
    assert f"after {lockout.FAILURES_OF_AN_ADDRESS} from one address" in PAGE
    assert f"for {INVITATION_LIVES.days} days" in PAGE
    assert f"after {settings.SESSION_COOKIE_AGE // 3600} hours" in PAGE
    assert NOTED_AGAIN_AFTER.total_seconds() / 60 == 5
    assert "last use (to five\nminutes)" in PAGE
    assert f"{len(one_time_password().replace('-', ''))} letters" in PAGE


def test_there_are_as_many_ways_in_as_the_page_says() -> None:
    assert "one of three ways" in PAGE
    assert len(InvitationForm.Way) == 3

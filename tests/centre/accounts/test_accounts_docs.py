"""docs/accounts.md against the code."""

from __future__ import annotations

from pathlib import Path

from allauth.account import app_settings as account
from allauth.mfa import app_settings as mfa
from django.conf import settings
from django.urls import reverse

from gatepass.centre import commands
from gatepass.centre.accounts import lockout
from gatepass.centre.accounts.actions import one_time_password
from gatepass.centre.accounts.forms import InvitationForm
from gatepass.centre.accounts.invitations import INVITATION_LIVES
from gatepass.centre.accounts.sessions import NOTED_AGAIN_AFTER
from gatepass.centre.configuration import Configuration

PAGE = (Path(__file__).parents[3] / "docs" / "accounts.md").read_text(encoding="utf-8")


def test_the_figures_are_those_of_the_code() -> None:
    assert f"After {lockout.FAILURES_OF_A_NAME} wrong passwords a user name waits {lockout.WAIT.seconds // 60}" in PAGE
    assert f"after {lockout.FAILURES_OF_AN_ADDRESS} from one address" in PAGE
    assert f"for {INVITATION_LIVES.days} days" in PAGE
    assert f"after {settings.SESSION_COOKIE_AGE // 3600} hours" in PAGE
    assert NOTED_AGAIN_AFTER.total_seconds() / 60 == 5
    assert "last use (to five\nminutes)" in PAGE
    assert f"{len(one_time_password().replace('-', ''))} letters" in PAGE


def test_what_the_page_says_of_second_factors_is_set_so() -> None:
    assert f"by default `{Configuration.model_fields['second_factor_roles'].default}`" in PAGE
    assert f"(`{Configuration.model_fields['oidc_claim'].default}`)" in PAGE
    assert mfa.RECOVERY_CODE_COUNT == 10
    assert account.RATE_LIMITS["login_failed"].split(",")[1] == "5/300s/key"
    assert reverse("openid_connect_callback", kwargs={"provider_id": "town"}) in PAGE
    assert commands.staff_renew.__name__.replace("_", "-") in PAGE
    assert commands.staff_factors_drop.__name__.replace("_", "-") in PAGE


def test_there_are_as_many_ways_in_as_the_page_says() -> None:
    assert "one of three ways" in PAGE
    assert len(InvitationForm.Way) == 3

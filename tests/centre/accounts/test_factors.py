"""Second factors: digits and recovery codes, who must have one, and how two administrators take lost ones away."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from tests.centre.conftest import PASSWORD

from gatepass.centre.accounts.factors import ask_reset, confirm_reset, drop_factors, has_factor
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.configuration import STAFF_ROLES
from gatepass.centre.errors import RefusedError

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_tries_before() -> None:
    cache.clear()


def digits_of(secret: str, step: int = 0) -> str:
    """RFC 6238: what an authenticator program shows now, or `step` half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def come_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.post("/login/", {"username": user.username, "password": PASSWORD})
    return client


def set_up_digits(client: Client) -> tuple[str, list[str]]:
    """The secret, and the recovery codes as they are shown once."""
    client.post("/account/confirm/?next=/account/", {"password": PASSWORD})
    page = client.get("/account/factors/digits/").content.decode()
    secret = re.search(r"<pre>([A-Z2-7]+)</pre>", page)
    assert secret
    answer = client.post("/account/factors/digits/", {"code": digits_of(secret[1])})
    assert answer.headers["location"] == "/account/factors/recovery/"
    shown = client.get("/account/factors/recovery/").content.decode()
    return secret[1], [f"{one}{two}" for one, two in re.findall(r'class="code">(\d{4}) (\d{4})<', shown)]


@pytest.fixture
def office(employ):
    return employ(Role.OFFICE)


def test_after_the_password_the_digits_are_asked_for_and_nothing_opens_before(office) -> None:
    secret, _codes = set_up_digits(come_in(office))
    client = come_in(office)
    assert client.get("/residents/").status_code == 302
    assert "One more step" in client.get("/login/second-factor/").content.decode()
    cache.clear()
    answer = client.post("/login/second-factor/", {"code": digits_of(secret, 1)})
    assert answer.headers["location"] == "/"
    assert client.get("/residents/").status_code == 200
    assert Entry.objects.filter(verb="session:log_in").first().fields == {"ways": ["password", "totp"]}


def test_where_the_person_wanted_to_go_is_kept_over_the_second_step(office) -> None:
    secret, _codes = set_up_digits(come_in(office))
    client = Client()
    client.post("/login/", {"username": office.username, "password": PASSWORD, "next": "/gates/"})
    cache.clear()
    assert client.post("/login/second-factor/", {"code": digits_of(secret, 1)}).headers["location"] == "/gates/"


def test_the_same_digits_are_good_once(office) -> None:
    secret, _codes = set_up_digits(come_in(office))
    code = digits_of(secret, 1)
    assert come_in(office).post("/login/second-factor/", {"code": code}).status_code == 302
    assert come_in(office).post("/login/second-factor/", {"code": code}).status_code == 200


def test_after_five_wrong_digits_even_the_right_ones_wait(office) -> None:
    secret, _codes = set_up_digits(come_in(office))
    cache.clear()
    client = come_in(office)
    for _ in range(5):
        assert "not the right code" in client.post("/login/second-factor/", {"code": "000000"}).content.decode()
    page = client.post("/login/second-factor/", {"code": digits_of(secret, 1)}).content.decode()
    assert "Wait for five minutes" in page
    assert Entry.objects.filter(verb="session:factor_wrong", object=f"user:{office.pk}").count() == 5


def test_ten_recovery_codes_are_shown_once_and_each_is_good_once(office) -> None:
    client = come_in(office)
    _secret, codes = set_up_digits(client)
    assert len(set(codes)) == 10
    again = client.get("/account/factors/recovery/").content.decode()
    assert "shown already" in again
    assert not any(code[:4] in re.sub(r"<[^>]+>", "", again) for code in codes)
    assert come_in(office).post("/login/second-factor/", {"code": codes[3]}).status_code == 302
    assert come_in(office).post("/login/second-factor/", {"code": codes[3]}).status_code == 200
    assert "9 codes are left" in client.get("/account/factors/").content.decode()


def test_secrets_lie_encrypted_in_the_database(office) -> None:
    secret, _codes = set_up_digits(come_in(office))
    kept = Authenticator.objects.get(type="totp")
    assert secret not in str(kept.data)
    assert TOTP(kept).validate_code(digits_of(secret, 1))


def test_changing_the_locks_asks_first_whether_it_is_still_you(office, log_in) -> None:
    client = log_in(office)
    for page in ("digits/", "passkey/"):
        answer = client.get(f"/account/factors/{page}")
        assert answer.headers["location"].startswith("/account/confirm/")
    wrong = client.post("/account/confirm/?next=/account/factors/digits/", {"password": "x"}).content.decode()
    assert "not your password" in wrong
    answer = client.post("/account/confirm/?next=/account/factors/digits/", {"password": PASSWORD})
    assert answer.headers["location"].startswith("/account/factors/")
    assert client.get("/account/factors/digits/").status_code == 200


def test_removing_the_last_factor_takes_the_recovery_codes_with_it(office) -> None:
    client = come_in(office)
    set_up_digits(client)
    assert client.post("/account/factors/digits/remove/").headers["location"] == "/account/factors/"
    assert not Authenticator.objects.exists()
    assert come_in(office).get("/residents/").status_code == 200
    kinds = [entry.fields["kind"] for entry in Entry.objects.filter(verb="factor:remove")]
    assert sorted(kinds) == ["recovery_codes", "totp"]
    # An old tab is no dead end.
    assert client.get("/account/factors/digits/remove/").headers["location"] == "/account/factors/"
    assert client.get("/account/factors/recovery/").headers["location"] == "/account/factors/"


def test_a_role_that_needs_a_second_factor_opens_nothing_before(employ, settings) -> None:
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update={"second_factor_roles": "administrator tracer"})
    client = come_in(employ(Role.ADMINISTRATOR))
    assert client.get("/staff/").headers["location"] == "/account/factors/"
    assert "Your role needs" in client.get("/account/factors/").content.decode()
    for page in ("/account/", "/rights/", "/password/"):
        assert client.get(page).status_code == 200
    assert "Who needs a second factor" in client.get("/rights/").content.decode()
    set_up_digits(client)
    assert client.get("/staff/").status_code == 200
    assert come_in(employ(Role.OFFICE)).get("/residents/").status_code == 200


def test_lost_factors_need_two_administrators(office, employ, log_in) -> None:
    set_up_digits(come_in(office))
    first, second = employ(Role.ADMINISTRATOR), employ(Role.ADMINISTRATOR)
    one, two, page = log_in(first), log_in(second), f"/staff/{office.pk}/"
    assert "Ask that it be taken away" in one.get(page).content.decode()
    one.post(f"{page}factors/", {"do": "ask"})
    assert "Confirm: take it away" not in one.get(page).content.decode()
    assert "second person" in one.post(f"{page}factors/", {"do": "confirm"}, follow=True).content.decode()
    assert has_factor(office)
    assert "Confirm: take it away" in two.get(page).content.decode()
    two.post(f"{page}factors/", {"do": "confirm"})
    assert not has_factor(office)
    assert come_in(office).get("/residents/").status_code == 200
    assert Entry.objects.get(verb="staff:drop_factors").actor == f"user:{second.pk}"


def test_a_reset_can_be_withdrawn_and_needs_a_factor_to_be_asked_for(office, employ, log_in) -> None:
    first, second = employ(Role.ADMINISTRATOR), employ(Role.ADMINISTRATOR)
    with pytest.raises(RefusedError, match="factor_none"):
        ask_reset(first, office)
    set_up_digits(come_in(office))
    ask_reset(first, office)
    log_in(second).post(f"/staff/{office.pk}/factors/", {"do": "withdraw"})
    with pytest.raises(RefusedError, match="factor_none"):
        confirm_reset(second, office)
    assert has_factor(office)
    assert drop_factors(None, office) == 2


def test_nobody_signs_up_and_unused_pages_of_the_library_are_not_there(client: Client) -> None:
    for path in ("accounts/signup/", "accounts/login/", "signup/", "accounts/password/reset/", "account/email/",
                 "account/factors/recovery/download/", "login/code/", "accounts/social/connections/"):  # fmt: skip
        assert client.get(f"/{path}").status_code == 404, path


def test_roles_in_the_configuration_are_the_roles() -> None:
    assert set(STAFF_ROLES) == set(Role.values)

"""Log-in through a town's own OpenID Connect, against a small provider that lives inside the test."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.audit.models import Entry
from gatepass.centre.configuration import Configuration, openid_connect

pytestmark = pytest.mark.django_db

CLIENT = "gatepass"
LOGIN = "/login/oidc/town/"


class Provider:
    """Says who somebody is (`claims`); gives a token for any code but `wrong`."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.audience = CLIENT
        self.asked: list[dict[str, list[str]]] = []
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        provider = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/.well-known/openid-configuration":
                    self._say(provider.described)
                else:
                    self._say({"sub": "s-1", **provider.claims})

            def do_POST(self) -> None:
                sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                provider.asked.append(sent)
                if sent["code"] == ["wrong"]:
                    self._say({"error": "invalid_grant"}, 400)
                else:
                    self._say({"access_token": "a", "token_type": "Bearer", "id_token": provider.id_token()})

            def _say(self, said: dict[str, Any], status: int = 200) -> None:
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def described(self) -> dict[str, Any]:
        paths = {"authorization_endpoint": "/ask", "token_endpoint": "/token", "userinfo_endpoint": "/me"}
        return {
            "issuer": self.address,
            "jwks_uri": f"{self.address}/keys",
            **{name: self.address + path for name, path in paths.items()},
        }

    def id_token(self) -> str:
        now = int(time.time())
        said = {"iss": self.address, "aud": self.audience, "iat": now, "exp": now + 60, "sub": "s-1", **self.claims}
        return jwt.encode(said, self.key, algorithm="RS256", headers={"kid": "1"})

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    provider = Provider()
    changed = {"oidc_issuer": provider.address, "oidc_client_id": CLIENT, "oidc_name": "Town hall"}
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update=changed)
    settings.SOCIALACCOUNT_PROVIDERS = openid_connect(settings.CONFIGURATION)
    yield provider
    provider.close()


@pytest.fixture
def office(employ) -> User:
    return employ(Role.OFFICE)


def come_back(client: Client, code: str = "c", **more: str):
    """To the provider and back, as a browser would."""
    sent_to = urlsplit(client.get(LOGIN).headers["location"])
    asked = {name: values[0] for name, values in parse_qs(sent_to.query).items()}
    answer = client.get(f"{LOGIN}callback/", {"code": code, "state": asked["state"], **more})
    return asked, answer


def test_it_is_off_by_default(client: Client) -> None:
    assert client.get(LOGIN).headers["location"] == "/login/"
    assert client.get(f"{LOGIN}callback/?code=c&state=s").headers["location"] == "/login/"
    assert "/login/oidc/" not in client.get("/login/").content.decode()


def test_whoever_the_provider_names_comes_in_with_the_account_of_that_user_name(provider, office, client) -> None:
    provider.claims = {"preferred_username": office.username, "email": "x@example.org", "name": "X"}
    assert "Town hall" in client.get("/login/").content.decode()
    asked, answer = come_back(client)
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["client_id"] == CLIENT
    assert answer.headers["location"] == "/"
    assert client.get("/residents/").status_code == 200
    assert provider.asked[0]["code_verifier"]
    assert Entry.objects.get(verb="session:log_in").fields == {"ways": ["socialaccount"]}
    assert Entry.objects.filter(verb="staff:connect_oidc").count() == 1
    # Of all that the provider said, only whose account it is stays here.
    kept = SocialAccount.objects.get()
    assert (kept.user, kept.uid, kept.extra_data) == (office, "s-1", {})


def test_who_has_no_password_sets_up_a_second_factor_without_being_asked_for_one(provider, office) -> None:
    office.set_unusable_password()
    office.save()
    provider.claims, client = {"preferred_username": office.username}, Client()
    come_back(client)
    assert client.get("/account/factors/digits/").status_code == 200


def test_the_second_time_the_subject_decides_and_not_the_name(provider, office, employ) -> None:
    provider.claims = {"preferred_username": office.username}
    come_back(Client())
    provider.claims = {"preferred_username": employ(Role.ADMINISTRATOR).username}
    client = Client()
    come_back(client)
    assert client.get("/residents/").status_code == 200
    assert client.get("/staff/").status_code == 403
    assert SocialAccount.objects.get().extra_data == {}


def test_a_user_name_that_the_town_gave_to_somebody_else_does_not_open_the_account_of_the_first(
    provider, office
) -> None:
    provider.claims = {"preferred_username": office.username}
    come_back(Client())
    provider.claims = {"preferred_username": office.username, "sub": "s-2"}
    client = Client()
    assert come_back(client)[1].headers["location"] == "/login/"
    assert client.get("/gates/").status_code == 302
    assert SocialAccount.objects.get().uid == "s-1"


@pytest.mark.parametrize("claims", [{"preferred_username": "nobody.here"}, {}, {"preferred_username": ""}])
def test_nobody_gets_an_account_by_coming(provider, office, claims: dict[str, str]) -> None:
    provider.claims, before, client = claims, User.objects.count(), Client(headers={"accept-language": "en"})
    _asked, answer = come_back(client)
    assert answer.headers["location"] == "/login/"
    assert "no account here for you" in client.get("/login/").content.decode()
    assert User.objects.count() == before
    assert client.get("/gates/").status_code == 302


def test_a_deactivated_account_stays_out_also_when_it_was_connected(provider, office) -> None:
    provider.claims = {"preferred_username": office.username}
    come_back(Client())
    office.is_active = False
    office.save()
    client = Client(headers={"accept-language": "en"})
    assert come_back(client)[1].headers["location"] == "/login/"
    assert "deactivated" in client.get("/login/").content.decode()
    assert client.get("/gates/").status_code == 302


def test_a_refused_code_a_foreign_state_and_a_token_for_somebody_else_do_not_let_in(provider, office) -> None:
    provider.claims = {"preferred_username": office.username}

    def kept_out(client: Client, answer: Any) -> bool:
        return answer.headers["location"] == "/login/" and client.get("/gates/").status_code == 302

    client = Client(headers={"accept-language": "en"})
    assert kept_out(client, come_back(client, code="wrong")[1])
    assert "did not let you in" in client.get("/login/").content.decode()
    assert kept_out(client, come_back(client, state="of-somebody-else")[1])
    provider.audience = "another-program"
    assert kept_out(client, come_back(client)[1])


def test_whoever_turns_back_there_is_told_what_to_do(provider) -> None:
    client = Client(headers={"accept-language": "en"})
    state = parse_qs(urlsplit(client.get(LOGIN).headers["location"]).query)["state"][0]
    answer = client.get(f"{LOGIN}callback/", {"error": "access_denied", "state": state}, follow=True)
    assert answer.redirect_chain[-1][0] == "/login/"
    assert "come in with your password" in answer.content.decode()


def test_only_coming_in_is_offered_and_no_connecting_of_accounts(provider, office, log_in) -> None:
    assert log_in(office).get(f"{LOGIN}?process=connect").headers["location"] == "/login/"


def test_the_issuer_needs_https_and_a_client(tmp_path) -> None:
    with pytest.raises(ValueError, match="https"):
        Configuration(dir=tmp_path, oidc_issuer="http://idp.example.org", oidc_client_id="x")
    with pytest.raises(ValueError, match="OIDC_CLIENT_ID"):
        Configuration(dir=tmp_path, oidc_issuer="https://idp.example.org")
    with pytest.raises(ValueError, match="unknown: mayor"):
        Configuration(dir=tmp_path, second_factor_roles="mayor tracer")
    assert openid_connect(Configuration(dir=tmp_path)) == {}

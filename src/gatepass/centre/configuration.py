"""What an operator can set, from the environment. A wrong or missing value stops the start and names the setting."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

STAFF_ROLES: Final = (
    *("administrator", "office", "social_worker", "grid_worker"),
    *("tracer", "interpreter", "guard_lead", "auditor"),
)
"""`accounts.roles.Role`, which needs Django; a test compares the two."""


class Configuration(BaseSettings):
    """Each name with the prefix GATEPASS_CENTRE_, for example GATEPASS_CENTRE_DIR.

    An error names the setting and not its value: some of them are passwords, or hold one.
    """

    model_config = SettingsConfigDict(env_prefix="GATEPASS_CENTRE_", frozen=True, hide_input_in_errors=True)

    dir: Path
    """The folder of all state: centre.sqlite3, passages/, updates/, keys/. How to back it up: docs/privacy.md."""
    address: str = "http://127.0.0.1:8600"
    """Where staff and gates reach the centre; it is printed in enrolment codes. https:// switches secure cookies on."""
    allow_plain_http: bool = False
    """An http:// address other than this machine's own is refused unless this says yes: passwords would travel open."""
    keep_passages_days: int = Field(28, ge=1, le=366)
    """Days, today included, of which single passages are kept; older days are erased and only their counters stay."""
    passages_dsn: SecretStr = SecretStr("")
    """Where passages are kept: postgresql://user@host/database, or empty for day files in `dir`."""
    town: str = "gatepass"
    """The name above the menu: the sub-district, hospital or school that runs this centre."""
    country: str = Field("CN", pattern="[A-Z]{2}")
    """ISO 3166-1 alpha-2 of the town: how a telephone number without a country code is read."""
    smtp_host: str = ""
    """Mail goes through this server; empty: mail is written to the terminal."""
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_security: Literal["tls", "starttls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    mail_from: str = ""
    """The sender's address of mail; empty: gatepass@ and the host of `address`."""
    sms_url: str = ""
    """Text messages are POSTed to this address; empty: they are written to the terminal."""
    sms_token: SecretStr = SecretStr("")
    """Sent as `Authorization: Bearer …`."""
    sms_body: str = '{"to": "{to}", "text": "{text}"}'
    """What is POSTed: JSON in which the strings {to} and {text} are filled in."""

    webhook_hosts: str = ""
    """Hosts to which programs may be told what happens, with spaces between; empty: any public one."""
    webhook_networks: str = ""
    """Networks of the town's own that may be reached for that, also by plain http: 10.1.0.0/16, with spaces between."""
    push_hosts: str = "fcm.googleapis.com updates.push.services.mozilla.com .push.apple.com .notify.windows.com"
    """Push services that are reached, with spaces between; a dot in front: all hosts below it. Empty: none."""
    push_networks: str = ""
    """Networks of the town's own that may be reached for that, also by plain http: for a push service of one's own."""
    stun: str = ""
    """Addresses of STUN servers (stun:host:port), with spaces between; empty: calls work on one network only."""
    turn: str = ""
    """Addresses of TURN servers (turn:host:port), with spaces between."""
    turn_secret: SecretStr = SecretStr("")
    """Shared with those servers: every conversation gets a name and a password of its own, for some hours."""
    turn_user: str = ""
    """With turn_password, for servers that share no secret: each browser in a call is told both."""
    turn_password: SecretStr = SecretStr("")

    second_factor_roles: str = "administrator tracer"
    """Roles, with spaces between, that open nothing before their holder has a passkey or an authenticator program."""
    oidc_issuer: str = ""
    """The town's own log-in (OpenID Connect), as its address says it; empty: there is none."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = "OpenID Connect"
    """What the button on the log-in page says."""
    oidc_claim: str = "preferred_username"
    """Which claim says the user name here. Only the one who runs that log-in may set it, never its users."""

    @field_validator("second_factor_roles")
    @classmethod
    def _are_roles(cls, value: str) -> str:
        unknown = set(value.split()) - set(STAFF_ROLES)
        if unknown:
            raise ValueError(f"unknown: {' '.join(sorted(unknown))}; the roles are {' '.join(STAFF_ROLES)}")
        return value

    @field_validator("webhook_networks", "push_networks")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        for word in value.split():
            ipaddress.ip_network(word)
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _is_encrypted_too(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and parts.scheme != "https" and not _is_own_machine(parts.hostname or ""):
            raise ValueError("whoever changes what it answers comes in as anybody: use https")
        return value.rstrip("/")

    @field_validator("dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("address")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("write it as https://gate.example.org or http://127.0.0.1:8600")
        return value.rstrip("/")

    @field_validator("passages_dsn")
    @classmethod
    def _is_postgresql(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and urlsplit(value.get_secret_value()).scheme not in {"postgresql", "postgres"}:
            raise ValueError("write it as postgresql://user@host/database, or leave it out for day files")
        return value

    @field_validator("sms_url")
    @classmethod
    def _is_encrypted(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and parts.scheme != "https" and not _is_own_machine(parts.hostname or ""):
            raise ValueError("text messages carry one-time codes: use https")
        return value

    @field_validator("sms_body")
    @classmethod
    def _has_its_places(cls, value: str) -> str:
        if '"{to}"' not in value or '"{text}"' not in value:
            raise ValueError('the body needs the strings "{to}" and "{text}"')
        return value

    @model_validator(mode="after")
    def _is_safe(self) -> Configuration:
        if not self.https and not self.allow_plain_http and not _is_own_machine(self.host):
            raise ValueError(
                "GATEPASS_CENTRE_ADDRESS is plain http: use https, or set GATEPASS_CENTRE_ALLOW_PLAIN_HTTP=yes"
            )
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("GATEPASS_CENTRE_OIDC_ISSUER needs GATEPASS_CENTRE_OIDC_CLIENT_ID")
        return self

    @property
    def roles_with_second_factor(self) -> frozenset[str]:
        return frozenset(self.second_factor_roles.split())

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""

    @property
    def https(self) -> bool:
        return self.address.startswith("https://")

    @property
    def keys(self) -> Path:
        return self.dir / "keys"


def _is_own_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def openid_connect(configuration: Configuration) -> dict[str, Any]:
    """The library's setting for the town's own log-in; empty where there is none."""
    if not configuration.oidc_issuer:
        return {}
    app = {
        "provider_id": "town",
        "name": configuration.oidc_name,
        "client_id": configuration.oidc_client_id,
        "secret": configuration.oidc_client_secret.get_secret_value(),
        "settings": {"server_url": configuration.oidc_issuer},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}

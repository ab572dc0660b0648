"""What an operator can set, from the environment. A wrong or missing value stops the start and names the setting."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Configuration(BaseSettings):
    """Each name with the prefix GATEPASS_CENTRE_, for example GATEPASS_CENTRE_DIR."""

    model_config = SettingsConfigDict(env_prefix="GATEPASS_CENTRE_", frozen=True)

    dir: Path
    """The folder of all state: centre.sqlite3, passages/, updates/, keys/. Back it up whole."""
    address: str = "http://127.0.0.1:8600"
    """Where staff and gates reach the centre; it is printed in enrolment codes. https:// switches secure cookies on."""
    allow_plain_http: bool = False
    """An http:// address other than this machine's own is refused unless this says yes: passwords would travel open."""
    keep_passages_days: int = Field(28, ge=1, le=366)
    """Days, today included, of which single passages are kept; older days are erased and only their counters stay."""
    town: str = "gatepass"
    """The name above the menu: the sub-district, hospital or school that runs this centre."""

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

    @model_validator(mode="after")
    def _is_safe(self) -> Configuration:
        if not self.https and not self.allow_plain_http and not _is_own_machine(self.host):
            raise ValueError(
                "GATEPASS_CENTRE_ADDRESS is plain http: use https, or set GATEPASS_CENTRE_ALLOW_PLAIN_HTTP=yes"
            )
        return self

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

"""How the library of log-ins (django-allauth) fits into this house: its adapters.

The library has the steps of a log-in (password or passkey or the town's own OIDC, then a second factor), the second
factors themselves, and asks again before they are changed. Ours stay: who has an account at all (nobody signs up), the
lock-out after wrong passwords, where secrets are kept, what is on record, every page and every sentence.
"""

from __future__ import annotations

import base64
import secrets
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.account.utils import get_next_redirect_url
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from gatepass.centre import keys
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.people.fields import SealedValueError

WRONG: Final = _("This is not the right code, or it is too old. Look again and type the newest one.")
TOO_MANY: Final = _("That was tried too often. Wait for five minutes, then try again.")
_BOUND_TO: Final = b"gatepass-second-factor-1"
_NONCE: Final = 12


class AccountAdapter(DefaultAccountAdapter):
    error_messages: dict[str, Any] = {  # noqa: RUF012 - the library's own name and type
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": WRONG,
        "incorrect_password": _("This is not your password."),
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:  # noqa: ARG002
        return back_to_login(request, _("This account is deactivated. An administrator of your town helps."))

    def is_reauthentication_required(self, *, app: str, **_facts: Any) -> bool:
        """Not of somebody who has nothing yet to be asked for: in through the town's log-in, without a password."""
        known = get_reauthentication_flows(context.request.user)
        return bool(known) and super().is_reauthentication_required(app=app)

    def post_login(self, request: HttpRequest, user: Any, *, redirect_url: str | None, **_facts: Any) -> HttpResponse:
        """On record with how; then to where the person wanted to go."""
        how = sorted({_kind(entry) for entry in get_authentication_records(request, user)})
        with transaction.atomic():
            record(user, "session:log_in", user, ways=how)
        return redirect(redirect_url or get_next_redirect_url(request) or "home")


class MFAAdapter(DefaultMFAAdapter):
    error_messages: dict[str, Any] = {  # noqa: RUF012
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG,
    }

    def get_totp_issuer(self) -> str:
        return settings.CONFIGURATION.town

    def encrypt(self, text: str) -> str:
        """Seeds of codes lie encrypted, like document numbers, and bound to what they are."""
        nonce = secrets.token_bytes(_NONCE)
        return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), _BOUND_TO)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        stored = base64.b64decode(encrypted_text)
        try:
            return _cipher().decrypt(stored[:_NONCE], stored[_NONCE:], _BOUND_TO).decode()
        except InvalidTag:
            raise SealedValueError from None

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002, ARG002
        """Left empty: the page writes the kind and the day."""
        return ""


class SocialAdapter(DefaultSocialAccountAdapter):
    """Whoever comes from the town's own log-in has an account here already: nobody is made by coming."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The first time: the account whose user name the named claim says. From then on the subject decides."""
        claims = sociallogin.account.get_provider_account().get_user_data() or {}
        sociallogin.account.extra_data = {}
        if sociallogin.is_existing:
            # What else the town's log-in says of a person is none of our business.
            sociallogin.account.save(update_fields=["extra_data"])
            return
        said = str(claims.get(settings.CONFIGURATION.oidc_claim) or "").strip().lower()
        user = User.objects.filter(username=said, is_active=True).first() if said else None
        # A user name may be given to somebody else one day: who has come by one subject is not taken over by another.
        if user is None or SocialAccount.objects.filter(user=user).exists():
            sentence = _("There is no account here for you. An administrator of your town can open one.")
            raise ImmediateHttpResponse(back_to_login(request, sentence))
        with transaction.atomic():
            sociallogin.connect(request, user)
            record(user, "staff:connect_oidc", user)

    def on_authentication_error(self, request: HttpRequest, *_words: Any, **_facts: Any) -> None:
        sentence = _("The town's log-in did not let you in. Try again, or come in with your password.")
        raise ImmediateHttpResponse(back_to_login(request, sentence))


def back_to_login(request: HttpRequest, sentence: Any) -> HttpResponse:
    messages.error(request, sentence)
    return redirect("login")


def _kind(entry: dict[str, Any]) -> str:
    """`password`, `socialaccount`, `totp`, `webauthn` or `recovery_codes`."""
    return str(entry.get("type") or entry.get("method"))


def _cipher() -> AESGCM:
    return AESGCM(keys.field_key(settings.KEYS_DIR))

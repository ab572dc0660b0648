"""The library's pages of second factors, as far as this house mounts them, and what stands around them."""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from allauth.mfa.totp.views import DeactivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gatepass.centre.accounts import factors
from gatepass.centre.accounts.access import asking
from gatepass.centre.accounts.entrance import back_to_login
from gatepass.centre.accounts.models import User
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError


class OwnFactorsView(IndexView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = asking(self.request)
        return {**super().get_context_data(**kwargs), "lacks_factor": factors.lacks_factor(user)}


class AddPasskeyView(AddWebAuthnView):
    """Always one that opens the door by itself: a key that needs a password beside it is not offered."""

    def form_valid(self, form: Any) -> HttpResponse:
        if not form.cleaned_data["name"]:
            form.cleaned_data["name"] = _("Passkey of %(day)s") % {"day": timezone.localdate().isoformat()}
        return super().form_valid(form)


class RemoveDigitsView(DeactivateTOTPView):
    """Where there are none, the list says so: an old tab is no dead end."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_mfa_enabled(asking(request), [Authenticator.Type.TOTP]):
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)


class RecoveryCodesView(ViewRecoveryCodesView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_mfa_enabled(asking(request), [Authenticator.Type.RECOVERY_CODES]):
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)


class RemovePasskeyView(RemoveWebAuthnView):
    success_url = reverse_lazy("mfa_index")


@require_POST
def staff_factors(request: HttpRequest, user: int) -> HttpResponse:
    """Somebody has lost every second factor: one administrator asks, another one confirms."""
    by, member = asking(request), get_object_or_404(User, pk=user)
    try:
        match request.POST.get("do"):
            case "ask":
                factors.ask_reset(by, member)
                messages.success(request, _("Another administrator has to confirm it at this page."))
            case "confirm":
                factors.confirm_reset(by, member)
                messages.success(request, _("The second factors are gone, and every session has ended."))
            case _other:
                factors.withdraw_reset(by, member)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("staff_change", member.pk)


@require_GET
def oidc_login(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """To the town's own log-in. Only to come in: `process` (of the library, to connect accounts) is not ours."""
    if not settings.CONFIGURATION.oidc_issuer or "process" in request.GET:
        return redirect("login")
    return oidc.login(request, provider_id)


@require_GET
def oidc_callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    if not settings.CONFIGURATION.oidc_issuer:
        return redirect("login")
    return oidc.callback(request, provider_id)


@require_GET
def oidc_cancelled(request: HttpRequest) -> HttpResponse:
    return back_to_login(request, _("You did not log in there. Try again, or come in with your password."))


@receiver(signals.authentication_failed)
def _note_wrong_code(user: User, **_facts: Any) -> None:
    with transaction.atomic():
        record(user, "session:factor_wrong", user)


@receiver(signals.authenticator_added)
@receiver(signals.authenticator_reset)
def _note_added(user: User, authenticator: Any, **_facts: Any) -> None:
    with transaction.atomic():
        record(user, "factor:add", user, kind=str(authenticator.type))


@receiver(signals.authenticator_removed)
def _note_removed(user: User, authenticator: Any, **_facts: Any) -> None:
    with transaction.atomic():
        record(user, "factor:remove", user, kind=str(authenticator.type))

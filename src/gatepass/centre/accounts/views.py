from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts import actions, lockout
from gatepass.centre.accounts.access import asking
from gatepass.centre.accounts.forms import LoginForm, OwnPasswordForm, StaffForm
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.navigation import places_of
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first place in the menu; a page of its own for those who have none."""
    places = places_of(request.user)
    return redirect(places[0].page) if places else render(request, "accounts/home.html")


@require_GET
def healthz(_request: HttpRequest) -> HttpResponse:
    """For a load balancer or a watchdog: 200 while the database answers."""
    User.objects.exists()
    return JsonResponse({"status": "ok"})


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    form = LoginForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (user := _authenticated(request, form)):
        login(request, user)
        with transaction.atomic():
            record(user, "session:log_in", user)
        return redirect(_next(request, "home"))
    return render(request, "accounts/login.html", {"form": form, "next": _next(request, "")})


def _authenticated(request: HttpRequest, form: LoginForm) -> User | None:
    """The user, or None with the reason on the form. The same sentence for a wrong name and a wrong password."""
    username = form.cleaned_data["username"].strip().lower()
    address = request.META.get("REMOTE_ADDR") or None
    minutes = lockout.minutes_to_wait(username, address)
    if minutes:
        form.add_error(
            None,
            ngettext(
                "Too many wrong passwords. Try again in %(minutes)d minute, or ask an administrator.",
                "Too many wrong passwords. Try again in %(minutes)d minutes, or ask an administrator.",
                minutes,
            )
            % {"minutes": minutes},
        )
        return None
    user = authenticate(request, username=username, password=form.cleaned_data["password"])
    if not isinstance(user, User):
        lockout.note_failure(username, address)
        form.add_error(None, _("This user name and password do not belong together. Check both and try again."))
        return None
    lockout.forget_failures(username)
    return user


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("login")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The chosen language stays: in the account where there is one, and in a cookie for the log-in page."""
    response = redirect(_next(request, "home"))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        if isinstance(request.user, User):
            actions.set_own_language(request.user, chosen)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=365 * 24 * 3600,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            samesite="Lax",
            httponly=True,
        )
    return response


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    form = OwnPasswordForm(asking(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.set_own_password(asking(request), form.cleaned_data["new"])
        update_session_auth_hash(request, asking(request))
        messages.success(request, _("Your password is changed."))
        return redirect("home")
    return render(request, "accounts/password.html", {"form": form})


@require_GET
def staff(request: HttpRequest) -> HttpResponse:
    users = User.objects.prefetch_related("grants__community", "grants__site").order_by("-is_active", "full_name")
    return render(request, "accounts/staff.html", {"users": users})


@require_http_methods(["GET", "POST"])
def staff_create(request: HttpRequest) -> HttpResponse:
    form = StaffForm(request.POST or None, initial={"language": translation.get_language()})
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            user, first = actions.create_staff(
                asking(request), facts["username"], facts["full_name"], form.grants(), language=facts["language"]
            )
        except RefusedError as refused:
            form.add_error("username", refused.sentence)
        else:
            return render(request, "accounts/one_time_password.html", {"member": user, "password": first})
    return render(request, "accounts/staff_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
def staff_change(request: HttpRequest, user: int) -> HttpResponse:
    member = get_object_or_404(User, pk=user)
    form = StaffForm(request.POST or None, user=member)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            actions.change_staff(
                asking(request), member, full_name=facts["full_name"], language=facts["language"], grants=form.grants()
            )
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("The account is changed."))
            return redirect("staff")
    return render(request, "accounts/staff_form.html", {"form": form, "member": member})


@require_POST
def staff_active(request: HttpRequest, user: int) -> HttpResponse:
    member = get_object_or_404(User, pk=user)
    try:
        actions.set_active(asking(request), member, request.POST.get("active") == "yes")
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("staff")


@require_POST
def staff_password(request: HttpRequest, user: int) -> HttpResponse:
    member = get_object_or_404(User, pk=user)
    first = actions.reset_password(asking(request), member)
    return render(request, "accounts/one_time_password.html", {"member": member, "password": first})


def _next(request: HttpRequest, otherwise: str) -> str:
    """Where the form asked to go on, if that is on this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse(otherwise) if otherwise else ""

from __future__ import annotations

from collections.abc import Sequence

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.db import transaction
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts import actions, lockout
from gatepass.centre.accounts.access import asking
from gatepass.centre.accounts.factors import has_factor
from gatepass.centre.accounts.forms import InvitationForm, LoginForm, OwnPasswordForm, StaffForm
from gatepass.centre.accounts.invitations import invite
from gatepass.centre.accounts.models import FactorReset, Grant, User
from gatepass.centre.accounts.navigation import places_of
from gatepass.centre.accounts.sessions import end_session, end_sessions, sessions_of
from gatepass.centre.applicants import passkeys
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import table_response
from gatepass.centre.paging import Pages
from gatepass.centre.pictures import qr

PAGE = 50


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
        # A second factor, where there is one, comes before anything else opens; then `entrance.post_login`.
        on = Login(user=user, redirect_url=_next(request, "home"))
        return perform_password_login(request, {"username": user.username}, on)
    context = {"form": form, "next": _next(request, ""), "oidc": _town_log_in(), "passkeys": passkeys.offered()}
    return render(request, "accounts/login.html", context)


def _town_log_in() -> str:
    """What the button to the town's own log-in says; empty: there is none."""
    return settings.CONFIGURATION.oidc_name if settings.CONFIGURATION.oidc_issuer else ""


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
    page = Pages(_members(), PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/staff.html", {"page": page, "now": timezone.now()})


def _members() -> QuerySet[User]:
    everybody = User.objects.prefetch_related("grants__community", "grants__site")
    return everybody.annotate(invited_until=Max("invitations__expires_at")).order_by("-is_active", "full_name", "id")


@require_GET
def staff_export(request: HttpRequest) -> HttpResponse:
    """A line for each role of each account: whoever has none is a line as well."""
    rows = [
        (member.full_name, member.username, _("yes") if member.is_active else _("no"),
         grant.get_role_display() if grant else "", _place_of(grant), " ".join(grant.languages) if grant else "",
         f"{timezone.localtime(member.last_login):%Y-%m-%d %H:%M}" if member.last_login else "")
        for member in _members()
        for grant in _grants_of(member)
    ]  # fmt: skip
    with transaction.atomic():
        record(asking(request), "staff:export", "user:many", count=len(rows))
    header = (
        *(_("Full name"), _("User name"), _("Active"), _("Role"), _("Place"), _("Languages")),
        _("Last log-in"),
    )
    return table_response(request, "staff", header, rows)


def _grants_of(member: User) -> Sequence[Grant | None]:
    return list(member.grants.all()) or [None]


def _place_of(grant: Grant | None) -> str:
    if grant is None:
        return ""
    return str(grant.community or grant.site or _("The whole town"))


@require_http_methods(["GET", "POST"])
def staff_create(request: HttpRequest) -> HttpResponse:
    by = asking(request)
    form = StaffForm(request.POST or None, initial={"language": translation.get_language()})
    invitation = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and invitation.is_valid():
        facts = form.cleaned_data
        by_link = invitation.cleaned_data["way"] != InvitationForm.Way.PASSWORD
        try:
            with transaction.atomic():
                user, first = actions.create_staff(
                    by, facts["username"], facts["full_name"], form.grants(), facts["language"], by_link=by_link
                )
                link = invite(by, user, invitation.mailed_to) if by_link else ""
        except RefusedError as refused:
            form.add_error("username", refused.sentence)
        else:
            return _first_way_in(request, user, link=link, mailed_to=invitation.mailed_to, password=first)
    return render(request, "accounts/staff_form.html", {"form": form, "invitation": invitation})


def _first_way_in(request: HttpRequest, member: User, **ways: str) -> HttpResponse:
    """What the administrator hands over: the link, or the word that it is on its way, or the one-time password."""
    if not ways["link"]:
        return render(request, "accounts/one_time_password.html", {"member": member, **ways})
    if ways["mailed_to"]:
        messages.success(request, _("The link is on its way. It is good once, for three days."))
        return redirect("staff")
    context = {"member": member, "link": ways["link"], "picture": qr(ways["link"])}
    return render(request, "accounts/invitation_made.html", context)


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
    context = {
        "form": form,
        "member": member,
        "sessions": sessions_of(member),
        "invitation": InvitationForm(),
        "has_factor": has_factor(member),
        "reset": FactorReset.objects.filter(user=member).first(),
    }
    return render(request, "accounts/staff_form.html", context)


@require_POST
def staff_invite(request: HttpRequest, user: int) -> HttpResponse:
    """A new link, or a one-time password: for somebody whose link has run out, or who has forgotten the password."""
    by, member = asking(request), get_object_or_404(User, pk=user)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("staff_change", member.pk)
    try:
        if form.cleaned_data["way"] == InvitationForm.Way.PASSWORD:
            return _first_way_in(request, member, link="", mailed_to="", password=actions.reset_password(by, member))
        link = invite(by, member, form.mailed_to)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
        return redirect("staff_change", member.pk)
    return _first_way_in(request, member, link=link, mailed_to=form.mailed_to, password="")


@require_POST
def staff_sessions_end(request: HttpRequest, user: int) -> HttpResponse:
    """A colleague's phone was lost, or somebody forgot to log out: one session, or all of them."""
    by, member = asking(request), get_object_or_404(User, pk=user)
    one = request.POST.get("session", "")
    if one.isdecimal():
        end_session(by, member, int(one))
    else:
        end_sessions(by, member)
    messages.success(request, _("Ended. At the next click the log-in page is shown there."))
    return redirect("staff_change", member.pk)


@require_POST
def staff_active(request: HttpRequest, user: int) -> HttpResponse:
    member = get_object_or_404(User, pk=user)
    try:
        actions.set_active(asking(request), member, request.POST.get("active") == "yes")
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("staff")


def _next(request: HttpRequest, otherwise: str) -> str:
    """Where the form asked to go on, if that is on this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse(otherwise) if otherwise else ""

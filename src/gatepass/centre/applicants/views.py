"""Log-in for people with a phone: contact, code, and from then on the phone's own lock."""

from __future__ import annotations

import posixpath
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gatepass.centre.applicants import actions, passkeys
from gatepass.centre.applicants.access import COOKIE, applicant_of, asking_applicant, drop_cookie, keep_cookie
from gatepass.centre.applicants.contacts import Contact
from gatepass.centre.applicants.devices import device_of
from gatepass.centre.applicants.forms import CodeForm, ContactForm, OwnFactsForm
from gatepass.centre.errors import RefusedError
from gatepass.centre.sending.models import Channel

_SENT_TO = "code_sent_to"
HOME = "my"


@never_cache
@sensitive_post_parameters("contact")
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    if applicant_of(request) is not None:
        return redirect(_next(request))
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        contact: Contact = form.cleaned_data["contact"]
        try:
            actions.send_code(contact, translation.get_language(), _address(request))
        except RefusedError as refused:
            form.add_error("contact", refused.sentence)
        else:
            request.session[_SENT_TO] = [contact.channel, contact.address]
            return redirect(_with_next("my_code", request))
    context = {"form": form, "next": _next(request), "passkeys": passkeys.offered()}
    return render(request, "my/enter.html", context)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    if _SENT_TO not in request.session:
        return redirect(_with_next("my_enter", request))
    channel, address = request.session[_SENT_TO]
    contact = Contact(Channel(channel), address)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and "again" in request.POST:
        form = CodeForm()
        try:
            actions.send_code(contact, translation.get_language(), _address(request))
        except RefusedError as refused:
            return _ask_for_code(request, form, contact, problem=refused.sentence)
        return _ask_for_code(request, form, contact, said=_("A new code is on its way. The old one is void."))
    if request.method == "POST" and form.is_valid():
        try:
            entrance = actions.enter(
                contact, form.cleaned_data["code"], translation.get_language(), device_of(request), _address(request)
            )
        except RefusedError as refused:
            form.add_error("code", refused.sentence)
        else:
            del request.session[_SENT_TO]
            response = redirect(_next(request))
            keep_cookie(response, entrance.token, secure=settings.SESSION_COOKIE_SECURE)
            return response
    return _ask_for_code(request, form, contact)


def _ask_for_code(request: HttpRequest, form: CodeForm, contact: Contact, **words: str) -> HttpResponse:
    context = {"form": form, "contact": contact.masked, "next": _next(request), **words}
    return render(request, "my/code.html", context)


@never_cache
@require_POST
def passkey_enter(request: HttpRequest) -> HttpResponse:
    """Two steps: an empty body asks for the options, the phone's answer comes back."""
    if not request.body:
        return HttpResponse(passkeys.options_to_enter(request.session), content_type="application/json")
    try:
        entrance = passkeys.enter_by_passkey(request.session, request.body, device_of(request), _address(request))
    except RefusedError as refused:
        return JsonResponse({"code": refused.code, "detail": refused.sentence}, status=400)
    response = JsonResponse({"next": _next(request)})
    keep_cookie(response, entrance.token, secure=settings.SESSION_COOKIE_SECURE)
    return response


@never_cache
@require_POST
def passkey_add(request: HttpRequest) -> HttpResponse:
    applicant = asking_applicant(request)
    if not request.body:
        shown = Contact(Channel(applicant.channel), str(applicant.contact)).masked
        options = passkeys.options_to_add(applicant, request.session, shown)
        return HttpResponse(options, content_type="application/json")
    try:
        passkeys.add_passkey(applicant, request.session, request.body, device_of(request))
    except RefusedError as refused:
        return JsonResponse({"code": refused.code, "detail": refused.sentence}, status=400)
    return JsonResponse({"next": request.path.removesuffix("passkeys/add/") + "account/"})


@never_cache
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """What is logged in, the passkeys, the own name."""
    applicant = asking_applicant(request)
    form = OwnFactsForm(
        request.POST if "full_name" in request.POST else None,
        initial={"full_name": applicant.full_name, "language": applicant.language},
    )
    if request.method == "POST":
        if "visit" in request.POST and request.POST["visit"].isdecimal():
            actions.end_visit(applicant, int(request.POST["visit"]))
        elif "passkey" in request.POST and request.POST["passkey"].isdecimal():
            actions.drop_passkey(applicant, int(request.POST["passkey"]))
        elif form.is_valid():
            actions.set_own_facts(applicant, **form.cleaned_data)
        elif form.is_bound:
            return _account(request, form)
        return redirect("my_account")
    return _account(request, form)


def _account(request: HttpRequest, form: OwnFactsForm) -> HttpResponse:
    applicant = asking_applicant(request)
    here = actions.token_hash(request.COOKIES.get(COOKIE, ""))
    context = {
        "form": form,
        "contact": Contact(Channel(applicant.channel), str(applicant.contact)).masked,
        "visits": [(visit, bytes(visit.token_hash) == here) for visit in applicant.visits.all()],
        "passkeys": applicant.passkeys.all(),
        "offered": passkeys.offered(),
    }
    return render(request, "my/account.html", context)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    actions.leave(request.COOKIES.get(COOKIE, ""))
    response = redirect("my_enter")
    drop_cookie(response)
    # The page's offline store holds this person's code: it must not stay on a borrowed phone.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _address(request: HttpRequest) -> str | None:
    return request.META.get("REMOTE_ADDR") or None


def _with_next(page: str, request: HttpRequest) -> str:
    return f"{reverse(page)}?{urlencode({'next': _next(request)})}"


def _next(request: HttpRequest) -> str:
    """Where to go on: a page of this site under /my/, else the first one."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    home = reverse(HOME)
    inside = posixpath.normpath(wanted.partition("?")[0]).startswith("/my/")
    if inside and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return home

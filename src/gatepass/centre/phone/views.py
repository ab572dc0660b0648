"""Each page asks `mandates.access` for whom the applicant may act; nothing here looks a resident up by itself."""

from __future__ import annotations

import base64
import binascii
import json

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.appeals.actions import send_appeal, withdraw_appeal
from gatepass.centre.appeals.models import Appeal
from gatepass.centre.applicants.access import asking_applicant
from gatepass.centre.applications.actions import apply, record_declaration, withdraw
from gatepass.centre.applications.facts import unpacked
from gatepass.centre.applications.forms import ActingForm, PersonForm, Told
from gatepass.centre.applications.models import Application
from gatepass.centre.codes.papers import PaperError, Size
from gatepass.centre.errors import RefusedError
from gatepass.centre.facts.actions import Source
from gatepass.centre.mandates.access import access_own
from gatepass.centre.mandates.actions import accept, end_mandate, invite
from gatepass.centre.mandates.models import Consent, Mandate, Relation
from gatepass.centre.papers.actions import grant_phone, issue_paper, report_loss
from gatepass.centre.papers.printing import printed
from gatepass.centre.phone.cards import Reader
from gatepass.centre.phone.explaining import explain
from gatepass.centre.phone.forms import AppealForm, InviteForm, PaperForm
from gatepass.centre.phone.home import cards_for
from gatepass.centre.phone.keeping import FILES, KEPT, owner_word, version
from gatepass.centre.pictures import qr
from gatepass.centre.policies.access import explanation
from gatepass.identity.documents import DocumentKind

MOST_KEY = 200
"""Characters of a phone's public key in Base64."""


@never_cache
@require_GET
def my(request: HttpRequest) -> HttpResponse:
    """Everybody for whom this person acts, what still waits, and a card of each noun that has something to say."""
    applicant = asking_applicant(request)
    reader = Reader(applicant, timezone.now())
    cards = cards_for(reader)
    ahead = [page for card in cards for page in card.keep]
    waiting = Application.objects.filter(applicant=applicant, state=Application.State.SENT)
    refused = Application.objects.filter(applicant=applicant, state=Application.State.REFUSED).order_by("-decided_at")
    context = {
        "people": [_shown(mandate) for mandate in reader.mandates],
        "cards": cards,
        "keep": [
            request.path,
            reverse("my_offline"),
            *(reverse("my_person", args=[one.pk]) for one in reader.people),
            *ahead,
        ],
        "owner": owner_word(applicant),
        "waiting": [(one, unpacked(str(one.facts)).full_name) for one in waiting],
        "refused": [(one, unpacked(str(one.facts)).full_name) for one in refused[:3]],
    }
    return render(request, "phone/my.html", context)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def my_apply(request: HttpRequest) -> HttpResponse:
    applicant = asking_applicant(request)
    for_self = request.GET.get("for") != "other"
    first = {"language": translation.get_language(), "kind": DocumentKind.RESIDENT_CARD}
    posted = request.POST or None
    acting = ActingForm(posted, initial={"relation": Relation.SELF if for_self else Relation.CHILD}, alone=for_self)
    person, told = PersonForm(posted, initial=first), Told(posted)
    if request.method == "POST" and all([acting.is_valid(), person.is_valid(), told.is_valid()]):
        facts = person.facts(told.form.declaration(), told.told_stays())
        try:
            sent = apply(
                applicant,
                person.cleaned_data["site"],
                Relation(acting.cleaned_data["relation"]),
                Consent(acting.cleaned_data["consent"]),
                facts,
                _address(request),
            )
        except RefusedError as refused:
            person.add_error(None, refused.sentence)
        else:
            if sent.state == Application.State.APPROVED and sent.resident_id is not None:
                return redirect("my_person", sent.resident_id)
            messages.success(
                request, _("Sent. The community office looks at it, and you get a message. You can close this page.")
            )
            return redirect("my")
    context = {"acting": acting, "person": person, "told": told, "for_self": for_self}
    return render(request, "phone/apply.html", context)


@require_POST
def my_withdraw(request: HttpRequest, application: int) -> HttpResponse:
    applicant = asking_applicant(request)
    found = Application.objects.filter(applicant=applicant, pk=application).first()
    try:
        if found is not None:
            withdraw(applicant, found)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("my")


@require_GET
def my_person(request: HttpRequest, resident: int) -> HttpResponse:
    """The code. This page is kept on the phone and opens without a network; what it says has its time beside it."""
    mandate = access_own(asking_applicant(request), resident)
    code = getattr(mandate.resident, "code", None)
    context = {
        **_shown(mandate),
        "code": code,
        "why": explain(code),
        "survey": mandate.resident.survey_replies.filter(survey__closed_at=None).order_by("-id").first(),
        "appeal": mandate.resident.appeals.order_by("-id").first(),
        "now": timezone.now(),
        "quarantine": mandate.resident.quarantines.exclude(state="withdrawn").exists(),
        "own": mandate.relation == Relation.SELF,
    }
    response = render(request, "phone/person.html", context)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@never_cache
@require_GET
def my_history(request: HttpRequest, resident: int) -> HttpResponse:
    mandate = access_own(asking_applicant(request), resident)
    said = get_language() or ""
    newest = mandate.resident.code_changes.select_related("policy")[:50]
    changes = [(change, explanation(change, said).title) for change in newest]
    return render(request, "phone/history.html", {**_shown(mandate), "changes": changes})


@never_cache
@require_http_methods(["GET", "POST"])
def my_declare(request: HttpRequest, resident: int) -> HttpResponse:
    mandate = access_own(asking_applicant(request), resident)
    told = Told(request.POST or None)
    if request.method == "POST" and told.is_valid():
        own = mandate.relation == Relation.SELF
        source = Source.SELF if own else Source.HELPER
        record_declaration(None, mandate.resident, told.form.declaration(), told.told_stays(), source=source)
        messages.success(request, _("Thank you. The colour follows within seconds."))
        return redirect("my_person", mandate.resident_id)
    return render(request, "phone/declare.html", {**_shown(mandate), "told": told})


@never_cache
@require_http_methods(["GET", "POST"])
def my_appeal(request: HttpRequest, resident: int) -> HttpResponse:
    applicant = asking_applicant(request)
    mandate = access_own(applicant, resident)
    last = mandate.resident.appeals.order_by("-id").first()
    form = AppealForm(request.POST if "about" in request.POST else None)
    if request.method == "POST":
        try:
            if "withdraw" in request.POST and last is not None:
                withdraw_appeal(applicant, last)
                return redirect("my_person", mandate.resident_id)
            if form.is_valid():
                facts = form.cleaned_data
                send_appeal(applicant, mandate.resident, Appeal.About(facts["about"]), facts["words"])
                messages.success(request, _("Sent. You get a message when it is answered."))
                return redirect("my_appeal", mandate.resident_id)
        except RefusedError as refused:
            if form.is_bound:
                form.add_error(None, refused.sentence)
            else:
                messages.error(request, refused.sentence)
    open_one = last if last is not None and last.state == Appeal.State.OPEN else None
    context = {**_shown(mandate), "form": form, "last": last, "open": open_one, "now": timezone.now()}
    return render(request, "phone/appeal.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def my_paper(request: HttpRequest, resident: int) -> HttpResponse:
    """The paper code: made once, printed as often as wanted, reported lost."""
    applicant = asking_applicant(request)
    mandate = access_own(applicant, resident)
    paper = mandate.resident.papers.filter(voided_at=None, expires_at__gt=timezone.now()).first()
    form = PaperForm(request.POST if "size" in request.POST else None, initial={"size": "card", "masked": "no"})
    if request.method == "POST":
        try:
            if "lost" in request.POST:
                report_loss(applicant, mandate.resident)
                messages.success(request, _("The old paper is void at every gate within seconds. Make a new one here."))
                return redirect("my_paper", mandate.resident_id)
            if form.is_valid():
                paper = paper or issue_paper(applicant, mandate.resident)
                wishes = form.cleaned_data
                return printed(paper, Size(wishes["size"]), masked=wishes["masked"])
        except PaperError as error:
            messages.error(request, error.sentence or _("This cannot be printed here. The community office prints it."))
            return redirect("my_paper", mandate.resident_id)
        except RefusedError as refused:
            messages.error(request, refused.sentence)
            return redirect("my_paper", mandate.resident_id)
    return render(request, "phone/paper.html", {**_shown(mandate), "paper": paper, "form": form})


@never_cache
@require_http_methods(["GET", "POST"])
def my_invite(request: HttpRequest, resident: int) -> HttpResponse:
    applicant = asking_applicant(request)
    mandate = access_own(applicant, resident)
    form = InviteForm(request.POST if "relation" in request.POST else None)
    others = mandate.resident.mandates.filter(ended_at=None).exclude(pk=mandate.pk).select_related("applicant", "staff")
    context = {**_shown(mandate), "form": form, "others": others}
    if request.method == "POST":
        try:
            if "end" in request.POST and request.POST["end"].isdecimal():
                if mandate.relation != Relation.SELF:
                    raise RefusedError("mandate_not_own")  # noqa: TRY301 - one place says what was refused
                ending = others.filter(pk=int(request.POST["end"])).first()
                if ending is not None:
                    end_mandate(applicant, ending)
                return redirect("my_invite", mandate.resident_id)
            if "give_back" in request.POST:
                end_mandate(applicant, mandate)
                return redirect("my")
            if form.is_valid():
                token = invite(mandate, mandate.resident, Relation(form.cleaned_data["relation"]), Consent.OWN_PHONE)
                link = f"{settings.CONFIGURATION.address}{reverse('my_invitation', args=[token])}"
                context |= {"link": link, "picture": qr(link)}
        except RefusedError as refused:
            messages.error(request, refused.sentence)
            return redirect("my_invite", mandate.resident_id)
    return render(request, "phone/invite.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def my_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link changes nothing (a messenger's preview opens it too); pressing the button does."""
    applicant = asking_applicant(request)
    problem = ""
    if request.method == "POST":
        try:
            mandate = accept(applicant, token, _address(request))
        except RefusedError as refused:
            problem = refused.sentence
        else:
            return redirect("my_person", mandate.resident_id)
    return render(request, "phone/invitation.html", {"problem": problem})


@never_cache
@require_POST
def my_grant(request: HttpRequest, resident: int) -> HttpResponse:
    """JSON {"key": Base64 of the phone's public key} -> what the phone keeps, and the time to set its clock by."""
    mandate = access_own(asking_applicant(request), resident)
    try:
        key = base64.b64decode(str(json.loads(request.body[:1000])["key"])[:MOST_KEY], validate=True)
        grant, granted = grant_phone(mandate, key)
    except (ValueError, KeyError, TypeError, binascii.Error):
        refused = RefusedError("phone_key")
        return JsonResponse({"code": refused.code, "detail": refused.sentence}, status=400)
    except RefusedError as refused:
        return JsonResponse({"code": refused.code, "detail": refused.sentence}, status=409)
    return JsonResponse(
        {
            "grant": base64.b64encode(granted).decode(),
            "expires": int(grant.expires_at.timestamp() * 1000),
            "now": int(timezone.now().timestamp() * 1000),
        }
    )


@require_GET
def my_worker(request: HttpRequest) -> HttpResponse:
    """The service worker: it must lie under /my/ to look after these pages, and no further."""
    context = {
        "files": json.dumps([static(name) for name in FILES]),
        "kept": json.dumps(KEPT),
        "waiting": static("phone/waiting.js"),
        "push": static("webpush/worker.js"),
        "offline": reverse("my_offline"),
        "version": version(),
    }
    response = render(request, "phone/worker.js", context, content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


@never_cache
@require_GET
def my_waiting(request: HttpRequest) -> HttpResponse:
    """JSON for what waits on the phone: whose visit this is, a token for its forms, and the centre's clock in ms."""
    applicant = asking_applicant(request)
    now = int(timezone.now().timestamp() * 1000)
    return JsonResponse({"owner": owner_word(applicant), "token": get_token(request), "now": now})


@require_GET
def my_offline(request: HttpRequest) -> HttpResponse:
    """What is shown for a page that was never opened on this phone."""
    return render(request, "phone/offline.html")


@require_GET
def my_manifest(request: HttpRequest) -> HttpResponse:
    """So that the page can be put on the home screen like an app."""
    asked = request.GET.get("language", "")
    language = asked if asked in dict(settings.LANGUAGES) else request.LANGUAGE_CODE
    with translation.override(language):
        manifest = {
            "id": "/my/",
            "name": f"{settings.CONFIGURATION.town} · {_('Health codes')}",
            "short_name": _("Health codes"),
            "description": _("Health code: apply, show, and look after it, for yourself and your family."),
            "start_url": reverse("my"),
            "scope": "/my/",
            "display": "standalone",
            "background_color": "#F6F4EE",
            "theme_color": "#F6F4EE",
            "lang": language,
            "dir": "ltr",
            "icons": [
                {"src": static("phone/icons/192.png"), "sizes": "192x192", "type": "image/png"},
                {"src": static("phone/icons/512.png"), "sizes": "512x512", "type": "image/png"},
                {
                    "src": static("phone/icons/maskable-512.png"),
                    "sizes": "512x512",
                    "type": "image/png",
                    "purpose": "maskable",
                },
            ],
            "shortcuts": [{"name": _("Report how I am"), "url": reverse("my_quarantine_report")}],
        }
    return HttpResponse(json.dumps(manifest, ensure_ascii=False), content_type="application/manifest+json")


def _shown(mandate: Mandate) -> dict[str, object]:
    resident = mandate.resident
    return {"mandate": mandate, "person": resident, "code": getattr(resident, "code", None)}


def _address(request: HttpRequest) -> str | None:
    return request.META.get("REMOTE_ADDR") or None

"""Where I am told: of a resident under /my/told/, of staff under /told/. The browser asks its own leave first."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre import keys
from gatepass.centre.accounts.access import asking
from gatepass.centre.accounts.models import User
from gatepass.centre.alarms.models import Contact as AlarmContact
from gatepass.centre.applicants.access import asking_applicant, visit_of
from gatepass.centre.applicants.contacts import Contact
from gatepass.centre.applicants.devices import device_of
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.errors import RefusedError
from gatepass.centre.sending.models import Channel
from gatepass.centre.webpush import actions
from gatepass.centre.webpush.access import own_subscriptions
from gatepass.centre.webpush.encryption import base64url, public_bytes

MOST_BODY = 5000


@never_cache
@require_http_methods(["GET", "POST"])
def my_told(request: HttpRequest) -> HttpResponse:
    """By which ways this resident is told; POST takes one browser out."""
    applicant = asking_applicant(request)
    if request.method == "POST":
        return _dropped(request, applicant, "my_told")
    contact = Contact(Channel(applicant.channel), str(applicant.contact)).masked
    return render(request, "webpush/my_told.html", {**_context(applicant, "my_told_subscribe"), "contact": contact})


@never_cache
@require_POST
def my_told_subscribe(request: HttpRequest) -> HttpResponse:
    applicant = asking_applicant(request)
    return _subscribed(request, applicant, visit=visit_of(request))


@never_cache
@require_http_methods(["GET", "POST"])
def told(request: HttpRequest) -> HttpResponse:
    """By which ways this member of staff is told."""
    user = asking(request)
    if request.method == "POST":
        return _dropped(request, user, "told")
    known = AlarmContact.objects.filter(user=user).first()
    contact = Contact(Channel(known.channel), str(known.address)).masked if known else ""
    return render(request, "webpush/told.html", {**_context(user, "told_subscribe"), "contact": contact})


@never_cache
@require_POST
def told_subscribe(request: HttpRequest) -> HttpResponse:
    return _subscribed(request, asking(request))


@require_GET
def told_worker(_request: HttpRequest) -> HttpResponse:
    """The service worker of staff: it shows messages, keeps nothing, and answers no request."""
    script = f'importScripts("{static("webpush/worker.js")}");\n'
    response = HttpResponse(script, content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _context(who: Applicant | User, page: str) -> dict[str, Any]:
    key = base64url(public_bytes(keys.vapid_key(settings.KEYS_DIR)))
    return {"subscriptions": own_subscriptions(who), "key": key, "subscribe": reverse(page)}


def _subscribed(request: HttpRequest, who: Applicant | User, **more: Any) -> HttpResponse:
    """JSON, as `PushSubscription.toJSON()` has it -> 200, or 400 with code and detail."""
    try:
        browser = actions.read_browser(json.loads(request.body[:MOST_BODY]))
    except ValueError:
        refused = RefusedError("push_subscription")
    except RefusedError as error:
        refused = error
    else:
        actions.subscribe(who, browser, device_of(request), **more)
        return JsonResponse({})
    return JsonResponse({"code": refused.code, "detail": refused.sentence}, status=400)


def _dropped(request: HttpRequest, who: Applicant | User, page: str) -> HttpResponse:
    wanted = request.POST.get("drop", "")
    if wanted.isascii() and wanted.isdecimal():
        actions.drop(who, int(wanted))
    return redirect(page)

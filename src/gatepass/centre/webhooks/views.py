"""For administrators: to which addresses programs are told, what was sent there, and sending it again."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import csv_response
from gatepass.centre.webhooks import actions
from gatepass.centre.webhooks.access import access_subscription, access_subscriptions
from gatepass.centre.webhooks.events import EVENTS, TEST
from gatepass.centre.webhooks.forms import AddressForm, SubscriptionForm
from gatepass.centre.webhooks.models import Delivery, Subscription

PAGE: Final = 50
MOST_EXPORTED: Final = 100_000


@never_cache
@require_http_methods(["GET", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    form = SubscriptionForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made, secret = actions.subscribe(user, told["token"], told["url"], told["events"])
        except RefusedError as refused:
            form.add_error("events" if refused.code == "webhook_events" else "url", refused.sentence)
        else:
            context |= {"made": made, "secret": secret, "form": SubscriptionForm()}
    rows = access_subscriptions(user).annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=Delivery.State.QUEUED)),
        dead=Count("deliveries", filter=Q(deliveries__state=Delivery.State.DEAD)),
    )
    now = timezone.now()
    context["rows"] = [(row, _words(row.events), _is_over(row, now)) for row in rows]
    context["any_token"] = form.fields["token"].queryset.exists()  # type: ignore[attr-defined]
    return render(request, "webhooks/webhooks.html", context)


@require_GET
def webhooks_export(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    rows = [
        (row.pk, row.token.name, row.url, " ".join(row.events), row.state, row.failures,
         row.taken_at.isoformat(timespec="seconds") if row.taken_at else "")
        for row in access_subscriptions(user, "webhooks_export")
    ]  # fmt: skip
    _note_export(user, "webhook:many", len(rows))
    return csv_response("webhooks", ("id", "program", "url", "events", "state", "failures", "taken_at"), rows)


@never_cache
@require_GET
def webhook(request: HttpRequest, webhook: int) -> HttpResponse:
    found = access_subscription(asking(request), webhook)
    form = AddressForm(initial={"url": found.url, "events": found.events})
    return _page(request, found, form)


@never_cache
@require_POST
def webhook_change(request: HttpRequest, webhook: int) -> HttpResponse:
    user = asking(request)
    found = access_subscription(user, webhook, "webhook_change")
    form = AddressForm(request.POST)
    if form.is_valid():
        try:
            actions.change_subscription(user, found, form.cleaned_data["url"], form.cleaned_data["events"])
        except RefusedError as refused:
            form.add_error("events" if refused.code == "webhook_events" else "url", refused.sentence)
        else:
            messages.success(request, _("Saved."))
            return redirect("webhook", found.pk)
    return _page(request, found, form)


@never_cache
@require_POST
def webhook_step(request: HttpRequest, webhook: int) -> HttpResponse:
    user = asking(request)
    found = access_subscription(user, webhook, "webhook_step")
    match request.POST.get("step"):
        case "pause":
            actions.pause(user, found)
        case "resume":
            actions.resume(user, found)
        case "test":
            actions.send_test(user, found)
            messages.success(request, _("A trial event is on its way. Reload this page to see what came of it."))
        case "rotate":
            secret = actions.rotate_secret(user, found)
            return _page(request, access_subscription(user, webhook), None, secret=secret)
        case "drop":
            actions.drop(user, found)
            messages.success(request, _("The webhook is removed."))
            return redirect("webhooks")
    return redirect("webhook", found.pk)


@require_POST
def webhook_replay(request: HttpRequest, webhook: int) -> HttpResponse:
    """One delivery, or all that were given up."""
    user = asking(request)
    found = access_subscription(user, webhook, "webhook_replay")
    one = request.POST.get("delivery", "")
    chosen = [int(one)] if one.isascii() and one.isdigit() and len(one) < 16 else None
    count = actions.replay(user, found, chosen)
    messages.success(request, ngettext("%(count)d event is sent again.", "%(count)d events are sent again.", count)
                     % {"count": count})  # fmt: skip
    return redirect("webhook", found.pk)


@require_GET
def webhook_export(request: HttpRequest, webhook: int) -> HttpResponse:
    user = asking(request)
    found = access_subscription(user, webhook, "webhook_export")
    rows = [
        (row.event.key, row.event.pk, row.event.type, row.queued_at.isoformat(timespec="seconds"), row.state,
         row.attempts, row.detail, row.took_ms, row.done_at.isoformat(timespec="seconds") if row.done_at else "")
        for row in found.deliveries.select_related("event")[:MOST_EXPORTED]
    ]  # fmt: skip
    _note_export(user, str(found), len(rows))
    header = ("event", "sequence", "type", "queued_at", "state", "attempts", "detail", "took_ms", "done_at")
    return csv_response(f"webhook-{found.pk}", header, rows)


def _page(request: HttpRequest, found: Subscription, form: AddressForm | None, *, secret: str = "") -> HttpResponse:
    state = request.GET.get("state", "")
    log = found.deliveries.select_related("event")
    counts = dict(found.deliveries.order_by().values_list("state").annotate(Count("id")))
    if state in Delivery.State.values:
        log = log.filter(state=state)
    page = Paginator(log, PAGE).get_page(request.GET.get("page"))
    context = {
        "webhook": found,
        "form": form or AddressForm(initial={"url": found.url, "events": found.events}),
        "secret": secret,
        "told": _words(found.events),
        "over": _is_over(found, timezone.now()),
        "page": page,
        "lines": [(row, _word(row.event.type)) for row in page],
        "states": [(one.value, one.label, counts.get(one.value, 0)) for one in Delivery.State],
        "state": state,
        "dead": counts.get(Delivery.State.DEAD, 0),
        "now": timezone.now(),
    }
    return render(request, "webhooks/webhook.html", context)


def _words(events: list[str]) -> list[str]:
    return [str(EVENTS[kind].words) if kind in EVENTS else kind for kind in events]


def _word(kind: str) -> str:
    return _("Trial event") if kind == TEST else _words([kind])[0]


def _is_over(row: Subscription, now: Any) -> bool:
    return row.token.revoked_at is not None or row.token.expires_at <= now


def _note_export(user: Any, about: str, count: int) -> None:
    with transaction.atomic():
        record(user, "webhook:export", about, count=count)

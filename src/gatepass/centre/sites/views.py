from __future__ import annotations

import shlex
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

import msgspec
import segno
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.alarms.access import access_alarms
from gatepass.centre.alarms.kinds import word_of
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import table_response
from gatepass.centre.sites import actions
from gatepass.centre.sites.access import access_communities, access_gate, access_gates, access_site, access_sites
from gatepass.centre.sites.ailments import is_well
from gatepass.centre.sites.forms import (
    CommunityForm,
    GateChangeForm,
    GateFilter,
    GateForm,
    RulesForm,
    SiteChangeForm,
    SiteForm,
)
from gatepass.centre.sites.health import Condition, condition_of
from gatepass.centre.sites.models import Device, Gate, Site
from gatepass.centre.sites.watch import standing_of

PAGE = 50
DEVICES = Prefetch("devices", Device.objects.select_related("health"))


@require_GET
def gates(request: HttpRequest) -> HttpResponse:
    """Community → site → gate, each gate with its condition; a page at a time, narrowed by the database."""
    user, now = asking(request), timezone.now()
    form = GateFilter(user, "gates", request.GET)
    mine = access_gates(user, "gates")
    page = Paginator(form.gates(now).prefetch_related(DEVICES), PAGE).get_page(request.GET.get("page"))
    conditions = [condition_of(gate, now) for gate in page]
    sites = [(site, list(group)) for site, group in groupby(conditions, lambda condition: condition.gate.site)]
    without = [] if form.narrows or page.number > 1 else _without_gates(user)
    context = {
        "form": form,
        "page": page,
        "communities": [(one, list(group)) for one, group in groupby(sites, lambda pair: pair[0].community)],
        "without": without,
        "without_sites": [] if form.narrows else access_communities(user, "gates").filter(sites=None)[:PAGE],
        "count": mine.count(),
        "to_look_at": mine.annotate(well=is_well(now)).filter(well=False).count(),
        "may_equip": may_open(user, "gate_create"),
        "may_create_community": may_open(user, "community_create"),
    }
    return render(request, "sites/gates.html", context)


def _without_gates(user: User) -> list[Site]:
    return list(access_sites(user, "gates").filter(gates=None).order_by("community__name", "name")[:PAGE])


@require_GET
def gates_export(request: HttpRequest) -> HttpResponse:
    """The filtered list with what each device says of itself; CSV, or XLSX with `as=xlsx`."""
    user, now = asking(request), timezone.now()
    found = GateFilter(user, "gates_export", request.GET).gates(now).prefetch_related(DEVICES)
    with transaction.atomic():
        record(user, "gate:export", "gates:many", count=found.count())
    header = (
        _("Community"), _("Site"), _("Kind of site"), _("Gate"), _("Direction"), _("Condition"), _("Device"),
        _("Software"), _("Last heard of"), _("Directory"), _("Knowledge as of"), _("Records waiting"),
        _("Clock offset (ms)"), _("Configuration"), _("Configuration in use"),
    )  # fmt: skip
    return table_response(request, "gates", header, (_cells(condition_of(gate, now)) for gate in found))


def _cells(condition: Condition) -> list[object]:
    gate, health = condition.gate, condition.health
    said = [str(gate.site.community), gate.site.name, gate.site.get_kind_display(), gate.name]
    said += [gate.get_direction_display(), " ".join([condition.sentence, *condition.remarks])]
    if condition.device is None or health is None:
        return [*said, condition.device.pk if condition.device else ""]
    known = health.knowledge_at.isoformat(timespec="seconds") if health.knowledge_at else ""
    return [
        *said, condition.device.pk, health.software, health.heard_at.isoformat(timespec="seconds"), health.directory,
        known, health.waiting, health.clock_offset_ms, gate.configuration, health.configuration or "",
    ]  # fmt: skip


@never_cache
@require_GET
def gate(request: HttpRequest, gate: int) -> HttpResponse:
    user = asking(request)
    found = access_gate(user, gate, "gate")
    rules = RulesForm(initial=msgspec.to_builtins(actions.rules_of(found)))
    return render(request, "sites/gate.html", _of_gate(user, found, rules))


def _of_gate(user: User, gate: Gate, rules: RulesForm) -> dict[str, Any]:
    condition = condition_of(gate)
    mine = access_alarms(user).filter(pk__in=[alarm.pk for alarm in standing_of(gate)])
    return {
        "gate": gate,
        "condition": condition,
        "rules": rules,
        "former": gate.devices.filter(revoked_at__isnull=False),
        "missing": [alarm.facts for alarm in standing_of(gate, "sequence_gap")],
        "alarms": [(one, word_of(one.kind)) for one in mine],
        "finding": actions.seconds_to_find(gate),
        "may_find": access_gates(user, "gate_find").filter(pk=gate.pk).exists(),
        "may_equip": access_gates(user, "gate_rules").filter(pk=gate.pk).exists(),
    }


@require_http_methods(["GET", "POST"])
def gate_change(request: HttpRequest, gate: int) -> HttpResponse:
    user = asking(request)
    found = access_gate(user, gate, "gate_change")
    form = GateChangeForm(user, request.POST or None, initial={"name": found.name, "direction": found.direction})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_gate(user, found, form.cleaned_data["name"], form.cleaned_data["direction"])
        except RefusedError as refused:
            form.add_error("name", refused.sentence)
        else:
            messages.success(request, _("Saved. The gate confirms it with its next sign of life."))
            return redirect("gate", found.pk)
    return render(request, "sites/form.html", {"form": form, "title": _("Change the gate"), "verb": _("Save")})


@require_POST
def gate_find(request: HttpRequest, gate: int) -> HttpResponse:
    """Let its terminal flash and beep, or, with `stop`, be quiet again."""
    user = asking(request)
    found = access_gate(user, gate, "gate_find")
    actions.find_terminal(user, found, seconds=0 if "stop" in request.POST else actions.FIND_S)
    return redirect("gate", found.pk)


@require_http_methods(["GET", "POST"])
def site_change(request: HttpRequest, site: int) -> HttpResponse:
    user = asking(request)
    found = access_site(user, site, "site_change")
    names = ("name", "kind", "address", "time_zone")
    form = SiteChangeForm(user, request.POST or None, initial={name: getattr(found, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_site(user, found, **{name: form.cleaned_data[name] for name in names})
        except RefusedError as refused:
            form.add_error("time_zone" if refused.code == "time_zone_unknown" else "name", refused.sentence)
        else:
            messages.success(request, _("Saved. Its gates confirm it with their next sign of life."))
            return redirect("gates")
    return render(request, "sites/form.html", {"form": form, "title": _("Change the site"), "verb": _("Save")})


@require_http_methods(["GET", "POST"])
def community_create(request: HttpRequest) -> HttpResponse:
    form = CommunityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.create_community(asking(request), form.cleaned_data["name"])
        except RefusedError as refused:
            form.add_error("name", refused.sentence)
        else:
            messages.success(request, _("The community is created. Now add its first site."))
            return redirect("site_create")
    return render(
        request, "sites/form.html", {"form": form, "title": _("New community"), "verb": _("Create community")}
    )


@require_http_methods(["GET", "POST"])
def site_create(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    form = SiteForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            actions.create_site(
                user, facts["community"], facts["name"], facts["address"], facts["time_zone"], facts["kind"]
            )
        except RefusedError as refused:
            form.add_error("time_zone" if refused.code == "time_zone_unknown" else "name", refused.sentence)
        else:
            messages.success(request, _("The site is created. Now add its first gate."))
            return redirect("gate_create")
    return render(request, "sites/form.html", {"form": form, "title": _("New site"), "verb": _("Create site")})


@require_http_methods(["GET", "POST"])
def gate_create(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    form = GateForm(user, request.POST or None, initial={"site": request.GET.get("site")})
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            created = actions.create_gate(user, facts["site"], facts["name"], facts["direction"])
        except RefusedError as refused:
            form.add_error("name", refused.sentence)
        else:
            messages.success(request, _("The gate is created. Now enrol its device."))
            return redirect("gate", created.pk)
    return render(request, "sites/form.html", {"form": form, "title": _("New gate"), "verb": _("Create gate")})


@require_POST
def gate_rules(request: HttpRequest, gate: int) -> HttpResponse:
    user = asking(request)
    found = access_gate(user, gate, "gate_rules")
    form = RulesForm(request.POST)
    if form.is_valid():
        try:
            actions.set_rules(user, found, form.rules())
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            messages.success(request, _("The rules are changed. The gate confirms them with its next sign of life."))
            return redirect("gate", found.pk)
    return render(request, "sites/gate.html", _of_gate(user, found, form))


@never_cache
@require_POST
def gate_enrolment(request: HttpRequest, gate: int) -> HttpResponse:
    """Issue a code and show it, once. By POST: opening a link never issues anything."""
    user = asking(request)
    found = access_gate(user, gate, "gate_enrolment")
    issued = actions.issue_enrolment_code(user, found)
    centre = settings.CONFIGURATION.address
    payload = "gatepass:enrol?" + urlencode({"centre": centre, "code": issued.code})
    # Our own text in our own SVG: nothing in it comes from a user.
    picture = mark_safe(segno.make(payload, error="m").svg_inline(scale=5, border=2, dark="#14201A"))  # noqa: S308
    command = f"./gatepass gate enrol --centre {shlex.quote(centre)} --code {issued.code} --folder gate-{found.pk}"
    context = {"gate": found, "issued": issued, "picture": picture, "command": command}
    return render(request, "sites/enrolment.html", context)


@require_POST
def device_revoke(request: HttpRequest, device: str) -> HttpResponse:
    user = asking(request)
    found = Device.objects.select_related("gate").filter(pk=device).first()
    if found is None or not access_gates(user, "device_revoke").filter(pk=found.gate_id).exists():
        raise Http404
    try:
        actions.revoke_device(user, found)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("The device is revoked. It is refused from now on."))
    return redirect("gate", found.gate_id)

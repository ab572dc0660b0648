from __future__ import annotations

import shlex
from itertools import groupby
from urllib.parse import urlencode

import msgspec
import segno
from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.errors import RefusedError
from gatepass.centre.sites import actions
from gatepass.centre.sites.access import access_communities, access_gate, access_gates, access_sites
from gatepass.centre.sites.forms import CommunityForm, GateForm, RulesForm, SiteForm
from gatepass.centre.sites.health import condition_of
from gatepass.centre.sites.models import Device

_DEVICES = Prefetch("devices", Device.objects.select_related("health"))


@require_GET
def gates(request: HttpRequest) -> HttpResponse:
    """Community → site → gate, each gate with its condition."""
    user = asking(request)
    conditions = [condition_of(gate) for gate in access_gates(user, "gates").prefetch_related(_DEVICES)]
    of_site = {site: list(group) for site, group in groupby(conditions, lambda condition: condition.gate.site)}
    sites = [(site, of_site.get(site, [])) for site in access_sites(user, "gates").order_by("community__name", "name")]
    communities = [(community, list(group)) for community, group in groupby(sites, lambda pair: pair[0].community)]
    shown = {community.pk for community, _sites in communities}
    communities += [(one, []) for one in access_communities(user, "gates") if one.pk not in shown]
    context = {
        "communities": communities,
        "count": len(conditions),
        "to_look_at": sum(condition.needs_a_look for condition in conditions),
        "may_equip": may_open(user, "gate_create"),
        "may_create_community": may_open(user, "community_create"),
    }
    return render(request, "sites/gates.html", context)


@require_GET
def gate(request: HttpRequest, gate: int) -> HttpResponse:
    user = asking(request)
    found = access_gate(user, gate, "gate")
    context = {
        "gate": found,
        "condition": condition_of(found),
        "rules": RulesForm(initial=msgspec.to_builtins(actions.rules_of(found))),
        "former": found.devices.filter(revoked_at__isnull=False),
        "may_equip": access_gates(user, "gate_rules").filter(pk=found.pk).exists(),
    }
    return render(request, "sites/gate.html", context)


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
            actions.create_site(user, facts["community"], facts["name"], facts["address"], facts["time_zone"])
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
            messages.success(request, _("The rules are changed. The gate has them with its next sign of life."))
            return redirect("gate", found.pk)
    context = {"gate": found, "condition": condition_of(found), "rules": form, "may_equip": True}
    return render(request, "sites/gate.html", context)


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
    command = f"gatepass gate enrol --centre {shlex.quote(centre)} --code {issued.code} --folder gate-{found.pk}"
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

"""The token itself; sites; gates and how they are doing; alarms."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from django.db.models import Count, QuerySet
from django.http import Http404
from django.utils import timezone
from pydantic import Field

from gatepass.centre.accounts.access import Program
from gatepass.centre.alarms.access import access_alarms
from gatepass.centre.alarms.kinds import KINDS, sentence_of, word_of
from gatepass.centre.alarms.models import Alarm
from gatepass.centre.api.access import token_row
from gatepass.centre.api.cursors import Asked, page_of_rows
from gatepass.centre.api.door import Id, reading
from gatepass.centre.api.models import Scope
from gatepass.centre.api.resources import shapes
from gatepass.centre.api.scopes import OPENS, page_of
from gatepass.centre.sites.access import access_gate, access_gates, access_site, access_sites
from gatepass.centre.sites.ailments import ailments_of, is_well
from gatepass.centre.sites.health import State as GateState
from gatepass.centre.sites.health import condition_of
from gatepass.centre.sites.models import Gate, Site


@reading("/token", shapes.TokenThing)
def token(program: Program) -> dict[str, Any]:
    """What the token may do, and until when."""
    row = token_row(program)
    scopes = [scope.value for scope in Scope if page_of(OPENS[scope][0]) in program.pages]
    return {
        "name": row.name,
        "scopes": scopes,
        "community": row.community_id,
        "site": row.site_id,
        "company": row.company_id,
        "expires_at": row.expires_at,
    }


class SitesAsked(Asked):
    community: Id | None = None
    kind: shapes.SiteKind | None = None


@reading("/sites", shapes.Sites)
def sites(program: Program, asked: SitesAsked) -> dict[str, Any]:
    found = access_sites(program, page_of("sites"))
    if asked.community is not None:
        found = found.filter(community=asked.community)
    if asked.kind is not None:
        found = found.filter(kind=asked.kind)
    rows, following = page_of_rows(_counted(found), "sites", asked)
    return {"items": [_site(row) for row in rows], "next": following}


@reading("/sites/{site}", shapes.SiteThing)
def site(program: Program, site: Id) -> dict[str, Any]:
    found = access_site(program, site, page_of("site"))
    return _site(_counted(Site.objects.filter(pk=found.pk).select_related("community")).get())


def _counted(found: QuerySet[Site]) -> QuerySet[Any]:
    return found.annotate(gates_in_all=Count("gates"))


def _site(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "kind": row.kind,
        "community": row.community_id,
        "community_name": row.community.name,
        "address": row.address,
        "time_zone": str(row.zone),
        "gates": row.gates_in_all,
    }


class GatesAsked(Asked):
    site: Id | None = None
    well: Annotated[bool | None, Field(description="true: online and nothing amiss; false: all others")] = None


@reading("/gates", shapes.Gates)
def gates(program: Program, asked: GatesAsked) -> dict[str, Any]:
    found, now = access_gates(program, page_of("gates")), timezone.now()
    if asked.site is not None:
        found = found.filter(site=asked.site)
    if asked.well is not None:
        found = found.filter(is_well(now) if asked.well else ~is_well(now))
    rows, following = page_of_rows(found.prefetch_related("devices__health"), "gates", asked)
    return {"items": [_gate(row, now) for row in rows], "next": following}


@reading("/gates/{gate}", shapes.GateThing)
def gate(program: Program, gate: Id) -> dict[str, Any]:
    return _gate(access_gate(program, gate, page_of("gate")), timezone.now())


def _gate(row: Gate, now: datetime) -> dict[str, Any]:
    condition = condition_of(row, now)
    health = condition.health
    well = condition.state is GateState.ONLINE and health is not None
    return {
        "id": row.pk,
        "site": row.site_id,
        "name": row.name,
        "direction": row.direction,
        "state": condition.state,
        "ailments": [{"code": one.code, "reader": one.reader} for one in ailments_of(health, now)]
        if well and health
        else [],
        "heard_at": health and health.heard_at,
        "software": (health and health.software) or (condition.device.software if condition.device else ""),
        "directory": health and health.directory,
        "knowledge_at": health and health.knowledge_at,
        "clock_offset_ms": health and health.clock_offset_ms,
        "waiting": health and health.waiting,
        "readers": [{"family": one["family"], "state": one["state"]} for one in health.readers] if health else [],
        "configured": None if health is None or not health.configuration else not condition.unconfirmed,
    }


class AlarmsAsked(Asked):
    site: Id | None = None
    state: shapes.AlarmState | None = None


@reading("/alarms", shapes.Alarms)
def alarms(program: Program, asked: AlarmsAsked) -> dict[str, Any]:
    """The newest first."""
    found = access_alarms(program, page_of("alarms"))
    if asked.site is not None:
        found = found.filter(site=asked.site)
    if asked.state is not None:
        found = found.filter(state=asked.state)
    rows, following = page_of_rows(found, "alarms", asked, newest_first=True)
    return {"items": [_alarm(row) for row in rows], "next": following}


@reading("/alarms/{alarm}", shapes.AlarmThing)
def alarm(program: Program, alarm: Id) -> dict[str, Any]:
    found = access_alarms(program, page_of("alarm")).filter(pk=alarm).first()
    if found is None:
        raise Http404
    return _alarm(found)


def _alarm(row: Alarm) -> dict[str, Any]:
    about = re.match(r"gate:([0-9]+)", row.subject)
    return {
        "id": row.pk,
        "kind": row.kind,
        "title": word_of(row.kind),
        "sentence": sentence_of(row.kind, row.facts),
        "next_step": str(KINDS[row.kind].next_step),
        "state": row.state,
        "site": row.site_id,
        "gate": int(about[1]) if about else None,
        "raised_at": row.raised_at,
        "last_at": row.last_at,
        "cleared_at": row.cleared_at,
        "count": row.count,
    }

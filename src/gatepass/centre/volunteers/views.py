"""Volunteers and their tasks as staff see them."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import Case, QuerySet, Sum, TextField, When
from django.db.models.functions import Cast
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import table_response
from gatepass.centre.paging import Pages
from gatepass.centre.rosters.words import clock_word, language_word, languages_word
from gatepass.centre.volunteers import actions
from gatepass.centre.volunteers.access import (
    access_tasks,
    access_volunteers,
    available,
    has_time,
    minutes_given,
    minutes_of,
)
from gatepass.centre.volunteers.forms import DoneForm, TaskFilter, TaskForm, VolunteerFilter, resident_of
from gatepass.centre.volunteers.models import Kind, Task, Volunteer

PAGE = 50


def _filtered(request: HttpRequest, page: str) -> tuple[VolunteerFilter, QuerySet[Volunteer]]:
    """Whoever waits for an answer first, then by name."""
    form = VolunteerFilter(request.GET)
    found = access_volunteers(asking(request), page)
    told = form.cleaned_data if form.is_valid() else {}
    if told.get("state"):
        found = found.filter(state=told["state"])
    if told.get("language"):
        # The database looks into no list of JSON; a code in quotation marks is in it as a whole or not at all.
        spoken = found.annotate(spoken=Cast("languages", TextField()))
        found = spoken.filter(spoken__contains=f'"{told["language"]}"')
    return form, found.order_by(
        Case(When(state=Volunteer.State.APPLIED, then=0), default=1), "resident__full_name", "-applied_at", "-id"
    )


@never_cache
@require_GET
def volunteers(request: HttpRequest) -> HttpResponse:
    form, found = _filtered(request, "volunteers")
    page = Pages(found.prefetch_related("hours"), PAGE).get_page(request.GET.get("page"))
    now, given = timezone.now(), minutes_given(page)
    context = {
        "form": form,
        "page": page,
        "lines": [
            {"volunteer": one, "languages": languages_word(one.languages), "kinds": kinds_word(one),
             "minutes": given.get(one.pk, 0),
             "here": one.state == Volunteer.State.CONFIRMED and has_time(one, now)}
            for one in page
        ],
        "anything": access_volunteers(asking(request), "volunteers").exists(),
    }  # fmt: skip
    return render(request, "volunteers/volunteers.html", context)


@require_GET
def volunteers_export(request: HttpRequest) -> HttpResponse:
    _form, rows = _filtered(request, "volunteers_export")
    user, found = asking(request), list(rows)
    given = minutes_given(found)
    with transaction.atomic():
        record(user, "volunteer:export", "volunteer:many", count=len(found))
    header = (_("Full name"), _("Site"), _("Languages"), _("What"), _("State"), _("Since"), _("Minutes"))
    lines = (
        (one.resident.full_name, one.resident.site.name, languages_word(one.languages), kinds_word(one),
         one.get_state_display(), one.applied_at.isoformat(timespec="seconds"), given.get(one.pk, 0))
        for one in found
    )  # fmt: skip
    return table_response(request, "volunteers", header, lines)


@never_cache
@require_GET
def volunteer(request: HttpRequest, volunteer: int) -> HttpResponse:
    """One volunteer: offer, hours, what they were asked and how long they gave. That it was opened is on record."""
    user = asking(request)
    found = get_object_or_404(access_volunteers(user, "volunteer"), pk=volunteer)
    with transaction.atomic():
        record(user, "volunteer:open", found)
    context = {
        "volunteer": found,
        "spoken": languages_word(found.languages),
        "kinds": kinds_word(found),
        "hours": hours_words(found),
        "minutes": minutes_of(found),
        "asks": [(one, clock_word(one.task.begins_at, one.task.ends_at, one.task.site.zone))
                 for one in found.asks.select_related("task__site").order_by("-id")[:50]],
    }  # fmt: skip
    return render(request, "volunteers/volunteer.html", context)


@require_POST
def volunteer_decide(request: HttpRequest, volunteer: int) -> HttpResponse:
    user = asking(request)
    found = get_object_or_404(access_volunteers(user, "volunteer_decide"), pk=volunteer)
    try:
        if "end" in request.POST:
            actions.leave(user, found)
        else:
            actions.decide(user, found, taken=request.POST.get("taken") == "yes")
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("volunteer", volunteer)


def _filtered_tasks(request: HttpRequest, page: str) -> tuple[TaskFilter, QuerySet[Task]]:
    form = TaskFilter(request.GET)
    told = {name: value for name, value in (form.cleaned_data if form.is_valid() else {}).items() if value}
    return form, access_tasks(asking(request), page).filter(**told)


@never_cache
@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    user = asking(request)
    form, found = _filtered_tasks(request, "tasks")
    page = Pages(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "lines": [(one, language_word(one.language), clock_word(one.begins_at, one.ends_at, one.site.zone))
                  for one in page],
        "anything": access_tasks(user, "tasks").exists(),
        "given": access_tasks(user, "tasks").aggregate(sum=Sum("minutes"))["sum"] or 0,
    }  # fmt: skip
    return render(request, "volunteers/tasks.html", context)


@require_GET
def tasks_export(request: HttpRequest) -> HttpResponse:
    """Without the words: they are for whoever takes the task on."""
    _form, rows = _filtered_tasks(request, "tasks_export")
    found = list(rows)
    with transaction.atomic():
        record(asking(request), "volunteer:export", "task:many", count=len(found))
    header = (_("Number"), _("Kind"), _("Language"), _("Site"), _("From"), _("Until"), _("State"), _("Volunteer"),
              _("Minutes"))  # fmt: skip
    lines = (
        (one.pk, one.get_kind_display(), language_word(one.language), one.site.name,
         one.begins_at.isoformat(timespec="minutes"), one.ends_at.isoformat(timespec="minutes"),
         one.get_state_display(), one.taken_by.resident.full_name if one.taken_by else "", one.minutes or "")
        for one in found
    )  # fmt: skip
    return table_response(request, "tasks", header, lines)


@never_cache
@require_http_methods(["GET", "POST"])
def task_new(request: HttpRequest) -> HttpResponse:
    """What is to be done; then everybody is asked who speaks the language and has time when it begins."""
    user = asking(request)
    first = {name: request.GET[name] for name in ("kind", "language", "site") if name in request.GET}
    form = TaskForm(user, "task_new", request.POST or None, initial=first)
    resident = resident_of(user, request.GET.get("resident", ""))
    if request.method == "POST" and form.is_valid():
        facts = form.facts(resident)
        fit = available(facts.language, facts.begins, site=facts.site, kind=facts.kind)
        try:
            made = actions.ask(user, facts, fit)
        except RefusedError:
            form.add_error(None, _("Nobody who speaks this language has time then. Choose another time."))
        else:
            return redirect("task", made.pk)
    return render(request, "volunteers/task_new.html", {"form": form, "resident": resident})


@never_cache
@require_GET
def task(request: HttpRequest, task: int) -> HttpResponse:
    user = asking(request)
    found = get_object_or_404(access_tasks(user, "task"), pk=task)
    with transaction.atomic():
        record(user, "volunteer:open_task", found)
    context = {
        "task": found,
        "language": language_word(found.language),
        "when": clock_word(found.begins_at, found.ends_at, found.site.zone),
        "asks": found.asks.select_related("volunteer__resident"),
        "done": DoneForm(),
        "may_open_resident": found.resident_id is not None and may_open(user, "resident"),
    }
    return render(request, "volunteers/task.html", context)


@require_POST
def task_move(request: HttpRequest, task: int) -> HttpResponse:
    """Call it off, ask those who have come free since, or note what the volunteer says of the time it took."""
    user = asking(request)
    found = get_object_or_404(access_tasks(user, "task_move"), pk=task)
    done = DoneForm(request.POST)
    try:
        if "call_off" in request.POST:
            actions.call_off(user, found)
        elif "again" in request.POST:
            fit = available(found.language, found.begins_at, site=found.site, kind=found.kind)
            count = actions.ask_more(user, found, fit)
            messages.success(request, _("%(count)d more asked.") % {"count": count})
        elif done.is_valid():
            actions.finish_task(user, found, done.cleaned_data["minutes"])
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    return redirect("task", task)


def kinds_word(volunteer: Volunteer) -> str:
    return ", ".join(str(label) for code, label in Kind.choices if code in volunteer.kinds)


def hours_words(volunteer: Volunteer) -> list[str]:
    found: dict[int, list[str]] = {}
    for hours in volunteer.hours.all():
        end = "24:00" if hours.ends.isoformat() == "00:00:00" else f"{hours.ends:%H:%M}"
        found.setdefault(hours.weekday, []).append(f"{hours.starts:%H:%M}–{end}")
    return [f"{WEEKDAYS[day]} {', '.join(times)}" for day, times in sorted(found.items())]

"""Beginning a notice, and the page of one: its languages, what is public, where it is shown, to whom it was sent."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.errors import RefusedError
from gatepass.centre.notices import actions
from gatepass.centre.notices.access import access_notice, access_notices, language_of
from gatepass.centre.notices.forms import EndForm, FillForm, GroupForm, NewForm, PosterForm, ShowForm, with_labels
from gatepass.centre.notices.models import Kind
from gatepass.centre.notices.ready_made import READY_MADE, REVIEWED_BY
from gatepass.centre.notices.views import back_to_the_notice
from gatepass.centre.notices.views.lists import lines_of, title_of
from gatepass.centre.pictures import qr

HISTORY = 20


@never_cache
@require_http_methods(["GET", "POST"])
def notice_new(request: HttpRequest) -> HttpResponse:
    """From a finished text, filled in, or from nothing."""
    user = asking(request)
    name = request.GET.get("from", "")
    if name and name not in READY_MADE:
        raise Http404
    posted = request.POST or None
    language = get_language() or "zh-hans"
    form: FillForm | NewForm
    form = (
        FillForm(READY_MADE[name], user, "notice_new", posted)
        if name
        else NewForm(user, "notice_new", posted, initial={"language": language})
    )
    if request.method == "POST" and form.is_valid():
        try:
            where = form.chosen()
            if isinstance(form, FillForm):
                ready = READY_MADE[name]
                begun = actions.create_from(user, ready, ready.filled(form.values()), where)
            else:
                said = form.cleaned_data
                begun = actions.create(user, said["kind"], said["language"], where, form.text())
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("notice", begun.pk)
    mine = language_of(language)
    gallery = [
        (one, with_labels(one.texts[mine].title), with_labels(one.texts[mine].short), dict(Kind.choices)[one.kind])
        for one in READY_MADE.values()
    ]
    context = {
        "form": form, "gallery": gallery, "chosen": READY_MADE.get(name), "reviewed_by": REVIEWED_BY,
        "title": with_labels(READY_MADE[name].texts[mine].title) if name else "",
        "short": with_labels(READY_MADE[name].texts[mine].short) if name else "",
        "body": with_labels(READY_MADE[name].texts[mine].body) if name else "",
    }  # fmt: skip
    return render(request, "notices/new.html", context)


@never_cache
@require_GET
def notice(request: HttpRequest, notice: int) -> HttpResponse:
    user = asking(request)
    found = access_notice(user, notice, "notice")
    may_work = access_notices(user, "notice_publish").filter(pk=found.pk).exists()
    lines = lines_of(found)
    public = [str(line["code"]) for line in lines if line["edition"]]
    now = timezone.now()
    ready = any(getattr(line["text"], "state", "") == "reviewed" for line in lines)
    context = {
        "notice": found,
        "title": title_of(found),
        "lines": lines,
        "public": public,
        "ready": ready,
        "may_work": may_work,
        "may_write": may_open(user, "notice_translate"),
        "revisions": found.revisions.select_related("by")[:HISTORY],
        "ended": found.editions.filter(ended_at__isnull=False)[:HISTORY],
        "showings": found.showings.filter(ended_at=None, ends_at__gt=now).select_related("site", "community"),
        "broadcasts": found.broadcasts.select_related("site", "community", "building", "company")[:HISTORY],
        "fallbacks": found.fallbacks.all()[:HISTORY],
        "address": f"/n/{found.code}/",
        "picture": qr(request.build_absolute_uri(f"/n/{found.code}/")) if public else "",
        "poster_form": PosterForm(public),
        "is_over": bool(found.ends_at and found.ends_at <= now),
        "reviewed_by": REVIEWED_BY,
    }
    if may_work:
        context |= {
            "end_form": EndForm(initial={"ends_at": timezone.localtime(found.ends_at) if found.ends_at else None}),
            "show_form": ShowForm(user, "notice_show"),
            "group_form": GroupForm(user, "notice_broadcast"),
        }
    return render(request, "notices/notice.html", context)


@require_POST
@back_to_the_notice
def notice_publish(request: HttpRequest, notice: int) -> HttpResponseBase:
    user = asking(request)
    done = actions.publish(user, access_notice(user, notice, "notice_publish"))
    count = len(done.languages)
    messages.success(
        request, ngettext("Public in %(count)s language.", "Public in %(count)s languages.", count) % {"count": count}
    )
    if done.withdrawn:
        names = ", ".join(
            str(line["name"])
            for line in lines_of(access_notice(user, notice, "notice"))
            if line["code"] in done.withdrawn
        )
        messages.error(
            request,
            _("Withdrawn, because the substance has changed: %(languages)s. Take these posters down.")
            % {"languages": names},
        )
    return redirect("notice", notice)


@require_POST
@back_to_the_notice
def notice_withdraw(request: HttpRequest, notice: int) -> HttpResponseBase:
    user = asking(request)
    actions.withdraw(user, access_notice(user, notice, "notice_withdraw"))
    messages.success(request, _("Withdrawn from pages and screens. Take the posters down."))
    return redirect("notice", notice)


@require_POST
@back_to_the_notice
def notice_end(request: HttpRequest, notice: int) -> HttpResponseBase:
    user = asking(request)
    form = EndForm(request.POST)
    found = access_notice(user, notice, "notice_end")
    if not form.is_valid():
        raise RefusedError("notice_end")
    actions.set_end(user, found, form.cleaned_data["ends_at"])
    return redirect("notice", notice)

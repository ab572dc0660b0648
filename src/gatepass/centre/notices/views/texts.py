"""The text in one language beside its source: written, checked, reviewed."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.accounts.models import User
from gatepass.centre.errors import RefusedError
from gatepass.centre.notices import actions
from gatepass.centre.notices.access import access_notice, access_notices, language_of, languages_of
from gatepass.centre.notices.checks import check, findings
from gatepass.centre.notices.forms import SourceForm, TextForm
from gatepass.centre.notices.models import Change, Notice, State
from gatepass.centre.notices.prose import to_html
from gatepass.centre.notices.ready_made import Text
from gatepass.centre.notices.views import back_to_the_notice
from gatepass.centre.notices.views.lists import lines_of, title_of


@never_cache
@require_GET
def notice_text(request: HttpRequest, notice: int, language: str) -> HttpResponse:
    return _page(request, access_notice(asking(request), notice, "notice_text"), language)


@never_cache
@require_http_methods(["GET", "POST"])
@back_to_the_notice
def notice_translate(request: HttpRequest, notice: int, language: str) -> HttpResponseBase:
    """Kept as a draft, handed in for review, or only checked (nothing is kept then)."""
    user = asking(request)
    found = access_notice(user, notice, "notice_translate")
    if request.method == "GET":
        return redirect("notice_text", notice, language)
    _may_write(user, language, "notice_translate")
    if language == found.language:
        raise Http404
    form = TextForm(request.POST)
    if not form.is_valid():
        return _page(request, found, language, form)
    if "check" in request.POST:
        return _page(request, found, language, form, form.text())
    try:
        actions.translate(user, found, language, form.text(), done="done" in request.POST)
    except RefusedError as refused:
        # What was typed stays on the page.
        form.add_error(None, refused.sentence)
        return _page(request, found, language, form)
    messages.success(
        request, _("Handed in: somebody else reviews it.") if "done" in request.POST else _("Kept as a draft.")
    )
    return redirect("notice_text", notice, language)


@never_cache
@require_http_methods(["GET", "POST"])
@back_to_the_notice
def notice_revise(request: HttpRequest, notice: int) -> HttpResponseBase:
    """The source anew, with what changes in it."""
    user = asking(request)
    found = access_notice(user, notice, "notice_revise")
    if request.method == "GET":
        return redirect("notice_text", notice, found.language)
    form = SourceForm(request.POST)
    if form.is_valid():
        try:
            actions.revise(user, found, form.text(), Change(form.cleaned_data["change"]))
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            return redirect("notice", notice)
    return _page(request, found, found.language, form)


@require_POST
@back_to_the_notice
def notice_review(request: HttpRequest, notice: int, language: str) -> HttpResponseBase:
    user = asking(request)
    found = access_notice(user, notice, "notice_review")
    _may_write(user, language, "notice_review")
    text = get_object_or_404(found.translations, language=language)
    if "send_back" in request.POST:
        actions.send_back(user, text, request.POST.get("words", ""))
        messages.success(request, _("Sent back to whoever wrote it."))
    else:
        actions.review(user, text, differences_seen="seen" in request.POST)
        messages.success(request, _("Reviewed. It becomes public with the next publication."))
    return redirect("notice", notice)


def _page(
    request: HttpRequest, notice: Notice, language: str, form: TextForm | None = None, typed: Text | None = None
) -> HttpResponse:
    user = asking(request)
    names = dict(settings.LANGUAGES)
    if language not in names:
        raise Http404
    source = notice.revisions.first()
    assert source is not None
    text = notice.translations.filter(language=language).select_related("revision", "translator", "reviewer").first()
    of_source = language == notice.language
    kept = {"title": text.title, "short": text.short, "body": text.body} if text else {}
    if form is None:
        form = SourceForm(initial=kept) if of_source else TextForm(initial=kept)
    for field in form.fields.values():
        field.widget.attrs["lang"] = language
    found = None
    if typed is not None:
        ours, theirs = language_of(notice.language), language_of(language)
        found = findings(Text(source.title, source.short, source.body), ours, typed, theirs)
    elif text is not None and text.state != State.DRAFT:
        found = check(text)
    elif text is not None:
        found = check(text) if text.body else None
    page = "notice_revise" if of_source else "notice_translate"
    may_write = (
        access_notices(user, page).filter(pk=notice.pk).exists()
        and language in languages_of(user, page)
        and notice.withdrawn_at is None
    )
    context = {
        "notice": notice, "title": title_of(notice), "language": language, "language_name": names[language],
        "source": source, "source_html": to_html(source.body), "source_name": names[notice.language],
        "text": text, "text_html": to_html(typed.body if typed else text.body if text else ""), "of_source": of_source,
        "form": form, "found": found, "checked": typed is not None, "may_write": may_write,
        "may_review": (
            text is not None and text.state == State.TRANSLATED and text.translator_id != user.pk
            and may_open(user, "notice_review") and language in languages_of(user, "notice_review")
        ),
        "own": text is not None and text.state == State.TRANSLATED and text.translator_id == user.pk,
        "behind": text is not None and actions.is_behind(text), "lines": lines_of(notice),
    }  # fmt: skip
    return render(request, "notices/text.html", context)


def _may_write(user: User, language: str, page: str) -> None:
    if language not in languages_of(user, page):
        raise PermissionDenied

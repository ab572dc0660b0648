from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gatepass.centre.accounts.access import asking, may_open
from gatepass.centre.errors import RefusedError
from gatepass.centre.people.access import looks_like_a_number
from gatepass.centre.search.access import found


@never_cache
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """The box without a script, and after Enter. Posted: names and numbers stand in no address and no history."""
    user = asking(request)
    words = request.POST.get("words", "").strip()
    context = {"words": words, "people": may_open(user, "residents")}
    try:
        groups = found(user, words, finished=True, address=request.META.get("REMOTE_ADDR"))
    except RefusedError as refused:
        return render(request, "search/search.html", {**context, "refused": refused.sentence}, status=429)
    hits = [hit for group in groups for hit in group.hits]
    if len(hits) == 1:
        return redirect(hits[0].address)
    return render(request, "search/search.html", {**context, "groups": groups})


@never_cache
@require_POST
def search_while_typing(request: HttpRequest) -> HttpResponse:
    """The list beneath the box: a part of a page."""
    words = request.POST.get("words", "").strip()
    try:
        groups = found(asking(request), words, finished=False, address=request.META.get("REMOTE_ADDR"))
    except RefusedError as refused:
        return render(request, "search/hits.html", {"refused": refused.sentence}, status=429)
    return render(request, "search/hits.html", {"groups": groups, "number": looks_like_a_number(words)})

"""Who is asking, on the residents' pages: an applicant by cookie, or nobody."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from gatepass.centre.applicants.actions import VISIT_LIVES, token_hash
from gatepass.centre.applicants.models import Applicant, Visit

COOKIE = "gatepass_my"
_SEEN_AGAIN_AFTER = timedelta(hours=1)


def applicant_of(request: HttpRequest) -> Applicant | None:
    """The applicant behind the request's cookie; looked up once a request."""
    if not hasattr(request, "_gatepass_applicant"):
        request._gatepass_applicant = _looked_up(request)  # type: ignore[attr-defined] # noqa: SLF001
    return request._gatepass_applicant  # type: ignore[attr-defined] # noqa: SLF001


def asking_applicant(request: HttpRequest) -> Applicant:
    """Behind `RefuseByDefaultMiddleware` there always is one on the pages of `roles.MY`."""
    applicant = applicant_of(request)
    if applicant is None:
        raise PermissionDenied
    return applicant


def visit_of(request: HttpRequest) -> Visit | None:
    """Where the asking applicant is logged in."""
    return Visit.objects.filter(token_hash=token_hash(request.COOKIES.get(COOKIE, ""))).first()


def keep_cookie(response: HttpResponse, token: str, *, secure: bool) -> None:
    response.set_cookie(
        COOKIE, token, max_age=int(VISIT_LIVES.total_seconds()), path="/my/", secure=secure, httponly=True,
        samesite="Lax",
    )  # fmt: skip


def drop_cookie(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path="/my/", samesite="Lax")


def _looked_up(request: HttpRequest) -> Applicant | None:
    token = request.COOKIES.get(COOKIE, "")
    if not token:
        return None
    now = timezone.now()
    visit = (
        Visit.objects.filter(token_hash=token_hash(token), seen_at__gt=now - VISIT_LIVES)
        .select_related("applicant")
        .first()
    )
    if visit is None:
        return None
    if now - visit.seen_at > _SEEN_AGAIN_AFTER:
        Visit.objects.filter(pk=visit.pk).update(seen_at=now)
    return visit.applicant

"""Language and right of entry, for every request."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils import translation

from gatepass.centre.accounts.access import may_open
from gatepass.centre.accounts.factors import lacks_factor
from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.navigation import refuse_plainly
from gatepass.centre.accounts.roles import API, FACTORS, MY, PUBLIC
from gatepass.centre.accounts.sessions import note_use
from gatepass.centre.applicants.access import applicant_of

Next = Callable[[HttpRequest], HttpResponse]
OPEN_WITH_A_ONE_TIME_PASSWORD = ("password", "logout")
OPEN_WITHOUT_A_SECOND_FACTOR = (*OPEN_WITH_A_ONE_TIME_PASSWORD, *FACTORS, "account", "session_end", "rights")


class LanguageMiddleware:
    """The account's own language; else the language cookie; else what the browser asks for; else zh-hans."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_request(request)
        if isinstance(request.user, User):
            language = request.user.language
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        response.headers.setdefault("Vary", "Accept-Language, Cookie")
        return response


class RefuseByDefaultMiddleware:
    """A view runs only if `accounts.roles` allows its url name to one of the user's roles.

    A page without a name is refused to everybody, so that forgetting to name one is noticed at once.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        of_a_form = request.method == "GET" and _page(request) not in API
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and of_a_form:
            # An address that a form sends to, opened from the history: no blank page, but the page with the form.
            return redirect(_nearest_page(request))
        return response

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        page = _page(request)
        if page in PUBLIC or page in API:
            return None
        if page in MY:
            if applicant_of(request) is not None:
                return None
            return redirect_to_login(request.get_full_path(), reverse("my_enter"))
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if not may_open(request.user, page):
            refuse_plainly(request)
            raise PermissionDenied
        first = _comes_first(request.user, page)
        if first is None:
            note_use(request)
        return redirect(first) if first else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Whoever tries one address after another is not also told each time what waits for them in the menu."""
        if isinstance(exception, (PermissionDenied, Http404)):
            refuse_plainly(request)


def _nearest_page(request: HttpRequest) -> str:
    """The path above this one that is a page and open to whoever asks; at last the start page."""
    path = request.path_info.rstrip("/")
    while path:
        path = path.rpartition("/")[0]
        try:
            page = resolve(f"{path}/").view_name
        except Resolver404:
            continue
        if page in PUBLIC or page in MY or (isinstance(request.user, User) and may_open(request.user, page)):
            return f"{path}/"
    return "/"


def _comes_first(user: User, page: str) -> str | None:
    """The page on which the user has to do something before this one opens, or None."""
    if user.must_change_password and page not in OPEN_WITH_A_ONE_TIME_PASSWORD:
        return "password"
    if page not in OPEN_WITHOUT_A_SECOND_FACTOR and lacks_factor(user):
        return "mfa_index"
    return None


def _page(request: HttpRequest) -> str:
    return (request.resolver_match and request.resolver_match.view_name) or ""

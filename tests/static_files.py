"""Static files under test: listed once for all clients; and a client that is not asynchronous needs no event loop.

ServeStatic's middleware is asynchronous alone, so each request of a plain `Client` would make a loop and change threads
three times on its way to the view. Under ASGI, as the centre runs, the middleware is there as it is.
"""

from __future__ import annotations

from contextlib import nullcontext
from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware
from servestatic.middleware import ServeStaticMiddleware


class ListedOnce(ServeStaticMiddleware):
    """Every `Client` loads the middleware anew, and would look up every static file of the house for its own list."""

    listed: tuple[Any, Any] | None = None

    def add_files_from_finders(self) -> None:
        if ListedOnce.listed is None:
            super().add_files_from_finders()
            ListedOnce.listed = self.files, self.directories
        self.files, self.directories = ListedOnce.listed


@sync_and_async_middleware
def static_files(get_response: Any) -> Any:
    if iscoroutinefunction(get_response):
        return ListedOnce(get_response)
    files = ListedOnce(sync_to_async(get_response)).files

    def middleware(request: HttpRequest) -> HttpResponse:
        file = files.get(request.path_info)
        return get_response(request) if file is None else _served(file, request)

    return middleware


def _served(file: Any, request: HttpRequest) -> HttpResponse:
    """As `ServeStaticMiddleware.aserve`, without waiting."""
    found = file.get_response(request.method, request.META)
    with found.file or nullcontext():
        answer = HttpResponse(found.file.read() if found.file else b"", status=int(found.status))
    del answer["content-type"]
    for name, value in found.headers:
        if value is not None:
            answer[name] = value
    return answer

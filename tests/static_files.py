"""Static files under test: listed once for all clients; and a client that is not asynchronous needs no event loop.

ServeStatic's middleware is asynchronous alone, so each request of a plain `Client` would make a loop and change threads
three times on its way to the view. Under ASGI, as the centre runs, the middleware is there as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
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
    serve = ListedOnce(sync_to_async(get_response))
    serve_file: Callable[[HttpRequest], HttpResponse] = async_to_sync(serve.__call__)

    def middleware(request: HttpRequest) -> HttpResponse:
        return serve_file(request) if request.path_info in serve.files else get_response(request)

    return middleware

"""The staff site with one page whose author forgot to name it."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path

from gatepass.centre.urls import urlpatterns as pages

urlpatterns = [*pages, path("forgotten/", lambda _request: HttpResponse("open"))]

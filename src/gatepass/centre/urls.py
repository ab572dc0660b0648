"""Every page of the staff site. Each name is allowed to somebody in `accounts.roles`, or opens for nobody."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []

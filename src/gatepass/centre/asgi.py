"""`gatepass.centre.asgi:application`: the gateway for devices and live streams, in front of Django for people."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gatepass.centre.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

from gatepass.centre.gateway import front

application = front(django_application)

"""`gatepass.centre.asgi:application`: the gateway for devices and live streams, in front of Django for people."""

from __future__ import annotations

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gatepass.centre.settings")

from django.core.asgi import get_asgi_application

django_application = get_asgi_application()

# Only now: the gateway reads settings and models, which `get_asgi_application` has set up.
from gatepass.centre.gateway import front  # noqa: E402

# The same protocol, spelled with other types in Django's stubs.
application = front(cast("Any", django_application))

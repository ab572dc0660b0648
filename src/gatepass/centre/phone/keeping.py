"""What a phone keeps of these pages, so that they open without a network; and whose it is.

Two stores: the shell (style, scripts, the page that says that there is no network), made anew with each version; and
what is personal, which outlives a new version and goes when its owner leaves. Forms are not kept, but for the report.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles import finders

from gatepass.centre import keys
from gatepass.centre.applicants.models import Applicant

FILES: Final = (
    *(
        "my/my.css",
        "phone/home.css",
        "centre/mark.svg",
        "centre/whole.js",
        "quarantine/my.css",
        "notices/public.css",
        "calling/call.css",
    ),
    *("phone/app.js", "phone/grants.js", "phone/person.js", "phone/reports.js", "phone/waiting.js"),
    *("webpush/worker.js", "webpush/told.js"),
    *("codes/health-code.js", "codes/qr.js", "calling/asker.js"),
)
KEPT: Final = (
    r"^/my/$",
    r"^/my/people/\d+/$",
    r"^/my/people/\d+/quarantine/$",
    r"^/my/report/$",
    r"^/my/notices/$",
    r"^/my/offline/$",  # once more, in the language of whoever has come in
    r"^/my/interpreter/\?language=[a-zA-Z-]+$",  # with the phrase card
)
"""Regular expressions over path and query."""


@cache
def version() -> str:
    """Another word whenever a file of the shell, or the worker itself, has changed."""
    found = hashlib.sha256(json.dumps([FILES, KEPT]).encode())
    for name in FILES:
        found.update(Path(str(finders.find(name))).read_bytes())
    found.update((Path(__file__).parent / "templates" / "phone" / "worker.js").read_bytes())
    return found.hexdigest()[:12]


def owner_word(applicant: Applicant) -> str:
    """Whose report waits on a phone that several people use. It says nothing to anybody without the town's key."""
    secret = keys.django_secret(settings.KEYS_DIR).encode()
    return hmac.new(secret, f"phone-owner:{applicant.pk}".encode(), "sha256").hexdigest()[:16]

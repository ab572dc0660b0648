"""How the centre judges a shown text: by the lists that gates have, and by what waits to reach them."""

from __future__ import annotations

from django.utils import timezone

from gatepass.centre.papers.models import Revocation
from gatepass.centre.papers.publication import trust_list
from gatepass.centre.updates import publisher
from gatepass.credentials import Verdict, judge


class _Void:
    """What is published as void, and what waits to be."""

    def is_revoked(self, serial: bytes) -> bool:
        return publisher().revocations.is_revoked(serial) or Revocation.objects.filter(serial=serial).exists()


def verdict_of(text: str) -> Verdict:
    """`credentials.judge` at this moment. Never raises, whatever the text."""
    return judge(text, trust=trust_list(), at=timezone.now(), revocations=_Void())

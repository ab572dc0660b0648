"""What the gates must know of codes: whose signature counts, and which serials are void."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings

from gatepass.centre import keys
from gatepass.centre.papers.models import Revocation
from gatepass.credentials import Purpose, TrustedKey, TrustList
from gatepass.directory.lists import TRUST_FILE
from gatepass.directory.publishing import Publisher

MOST = 20_000


def trust_list() -> TrustList:
    """The town's own key; keys of neighbouring towns will stand beside it."""
    public = keys.code_signing_key(settings.KEYS_DIR).public_key().public_bytes_raw()
    town = TrustedKey(
        public=public,
        issuer=settings.CONFIGURATION.town,
        purposes=frozenset(Purpose),
        valid_from=datetime(2020, 1, 1, tzinfo=UTC),
    )
    return TrustList([town])


def publish_lists(publisher: Publisher) -> int:
    """The trust list where it differs from what is published, and what waits in the outbox; how many were revoked."""
    wanted = trust_list().encode()
    if publisher.file(TRUST_FILE) != wanted:
        publisher.publish_file(TRUST_FILE, wanted)
    waiting = list(Revocation.objects.order_by("id").values_list("id", "serial")[:MOST])
    if waiting:
        publisher.revoke(bytes(serial) for _, serial in waiting)
        Revocation.objects.filter(id__lte=waiting[-1][0]).delete()
    return len(waiting)

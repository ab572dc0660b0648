"""Whose invitations are suspended, as the file that gates fetch with the directory (`wire.visitors`)."""

from __future__ import annotations

import msgspec
from django.utils import timezone

from gatepass.centre.visitors.models import Invitation, PausesChanged
from gatepass.directory.publishing import Publisher
from gatepass.wire.visitors import VISITS_FILE, Paused


def publish_pauses(publisher: Publisher) -> bool:
    """What waits in the outbox, as one file; whether something was published."""
    newest = PausesChanged.objects.order_by("-id").values_list("id", flat=True).first()
    if newest is None:
        return False
    paused = Invitation.objects.filter(state=Invitation.State.PAUSED, ends_at__gt=timezone.now())
    serials = sorted(bytes(serial).hex() for serial in paused.values_list("serial", flat=True))
    content = msgspec.json.encode(Paused(serials))
    changed = publisher.file(VISITS_FILE) != content
    if changed:
        publisher.publish_file(VISITS_FILE, content)
    PausesChanged.objects.filter(id__lte=newest).delete()
    return changed

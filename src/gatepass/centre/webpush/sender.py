"""The sender of web push: the address of a message is the number of a subscription."""

from __future__ import annotations

import json
from typing import Final

from django.conf import settings
from django.utils import timezone

from gatepass.centre import keys
from gatepass.centre.sending.senders import SendingError
from gatepass.centre.webhooks.reaching import post
from gatepass.centre.webpush import actions
from gatepass.centre.webpush.encryption import encrypted, vapid
from gatepass.centre.webpush.models import Subscription

GONE: Final = (404, 410)
"""RFC 8030, section 7.3: the subscription is no more."""


class PushSender:
    def send(self, address: str, subject: str, text: str) -> None:  # noqa: ARG002 - the subject is in the text
        found = Subscription.objects.filter(pk=int(address)).first()
        if found is None:
            raise SendingError("push_gone", lasting=True)
        said, now, endpoint = json.loads(text), timezone.now(), str(found.endpoint)
        headers = {
            "authorization": vapid(endpoint, keys.vapid_key(settings.KEYS_DIR), contact(), now),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(max(0, int(said["until"] / 1000 - now.timestamp()))),
            "urgency": actions.urgency(said),
        }
        answer = post(
            endpoint, headers, encrypted(text.encode(), bytes(found.key), bytes(found.secret)), actions.rules()
        )
        if answer.taken:
            actions.taken(found)
            return
        if answer.status in GONE:
            actions.gone(found)
            raise SendingError("push_gone", lasting=True)
        # 408 and 429 pass; every other 4xx, and a place that is not reached at all, says that it will never be taken.
        lasting = (400 <= answer.status < 500 and answer.status not in {408, 429}) or answer.detail.startswith(
            "address_"
        )
        raise SendingError(f"push_{answer.detail}"[:60], lasting=lasting)


def contact() -> str:
    """Whom a push service may ask about our messages (RFC 8292, section 2.1)."""
    configuration = settings.CONFIGURATION
    if configuration.address.startswith("https://"):
        return str(configuration.address)
    return f"mailto:{configuration.mail_from or 'gatepass@localhost'}"

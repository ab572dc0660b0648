"""What somebody types as "where can we reach you": a telephone number or a mailbox, written in one way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from gatepass.centre import keys
from gatepass.centre.errors import RefusedError
from gatepass.centre.sending.models import Channel

MOST_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class Contact:
    channel: Channel
    address: str = field(repr=False)
    """E.164, or a mailbox in lower case."""

    @property
    def hashed(self) -> bytes:
        """16 bytes that find the contact again, and tell nobody who it is."""
        secret = keys.person_key_secret(settings.KEYS_DIR)
        return hashlib.blake2b(
            f"{self.channel}:{self.address}".encode(), key=secret, person=b"gatepass-reach-1", digest_size=16
        ).digest()

    @property
    def masked(self) -> str:
        """+86 138****2345, k****@example.org: enough for its owner."""
        if self.channel == Channel.EMAIL:
            name, _, host = self.address.partition("@")
            return f"{name[0]}****@{host}"
        return f"{self.address[:6]}****{self.address[-2:]}"


def read_contact(text: str) -> Contact:
    """RefusedError `contact_wrong`. Full-width digits, spaces and dashes are read; a number without + is the town's."""
    text = text.strip()
    if len(text) > MOST_CHARACTERS:
        raise RefusedError("contact_wrong")
    if "@" in text:
        try:
            validate_email(text)
        except ValidationError:
            raise RefusedError("contact_wrong") from None
        return Contact(Channel.EMAIL, text.lower())
    try:
        number = phonenumbers.parse(text, settings.CONFIGURATION.country)
    except phonenumbers.NumberParseException:
        raise RefusedError("contact_wrong") from None
    if not phonenumbers.is_valid_number(number):
        raise RefusedError("contact_wrong")
    return Contact(Channel.SMS, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

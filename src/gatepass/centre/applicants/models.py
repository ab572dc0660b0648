from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.sending.models import Channel


class Applicant(models.Model):
    """Somebody who can be reached at a telephone or a mailbox, and acts for themself or for others.

    The contact is found by its keyed hash and stored encrypted. An applicant is not a resident: a daughter in another
    town acts for her mother and is registered nowhere herself.
    """

    channel = models.CharField(max_length=5, choices=Channel.choices)
    contact = EncryptedTextField()
    contact_hash = models.BinaryField(max_length=16, unique=True)
    full_name = models.CharField(_("Full name"), max_length=120, blank=True)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"applicant:{self.pk}"


class OneTimeCode(models.Model):
    """The newest code that was sent to a contact. Only its keyed hash is kept."""

    contact_hash = models.BinaryField(max_length=16, unique=True)
    code_hash = models.BinaryField(max_length=32)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"one_time_code:{self.pk}"


class Visit(models.Model):
    """One browser that is logged in. The cookie holds a random token; here lies its hash."""

    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, related_name="visits")
    token_hash = models.BinaryField(max_length=32, unique=True)
    device = models.CharField(max_length=60, blank=True)
    """Browser and system in two words, so that an owner knows their own devices again."""
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ("-seen_at",)

    def __str__(self) -> str:
        return f"visit:{self.pk}"


class Passkey(models.Model):
    """A key pair in the owner's phone (WebAuthn): public half, and the counter that shows a copied one."""

    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, related_name="passkeys")
    credential_id = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField()
    sign_count = models.PositiveBigIntegerField(default=0)
    device = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"passkey:{self.pk}"

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.sites.models import Site
from gatepass.identity import DocumentKind, Sex


class Resident(models.Model):
    """Somebody who lives or works behind a gate. One field for the whole name, as it is written."""

    SEX = (
        (Sex.FEMALE, _("Female")),
        (Sex.MALE, _("Male")),
        (Sex.UNSTATED, _("Not stated")),
        (Sex.UNKNOWN, _("Unknown")),
    )

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="residents")
    full_name = models.CharField(_("Full name"), max_length=120)
    latin_name = models.CharField(_("Name in Latin letters"), max_length=120, blank=True)
    sex = models.CharField(_("Sex"), max_length=10, choices=SEX, default=Sex.UNKNOWN)
    birth = models.CharField(_("Date of birth"), max_length=10, blank=True)
    """ISO 8601, possibly without day, or without day and month."""
    nationality = models.CharField(_("Nationality"), max_length=3, blank=True)
    """ISO 3166-1 alpha-3."""
    phone = models.CharField(_("Telephone"), max_length=30, blank=True)
    language = models.CharField(
        _("Language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    household = models.CharField(_("Household"), max_length=60, blank=True, db_index=True)
    address = models.CharField(_("Address"), max_length=200, blank=True)
    registered_at = models.DateTimeField()

    class Meta:
        ordering = ("full_name", "id")
        indexes = (models.Index(fields=("site", "full_name"), name="residents_of_a_site"),)

    def __str__(self) -> str:
        # Never the name: this text reaches logs and error reports.
        return f"resident:{self.pk}"


class IdentityDocument(models.Model):
    """What the resident lays on the reader. Several documents of one person are several person keys."""

    KIND = (
        (DocumentKind.RESIDENT_CARD, _("Resident ID card")),
        (DocumentKind.HMT_RESIDENCE, _("Residence permit for Hong Kong, Macao and Taiwan residents")),
        (DocumentKind.FOREIGNER_PR, _("Foreigner's permanent residence card")),
        (DocumentKind.HKM_PERMIT, _("Mainland travel permit for Hong Kong and Macao residents")),
        (DocumentKind.TAIWAN_PERMIT, _("Mainland travel permit for Taiwan residents")),
        (DocumentKind.PASSPORT, _("Passport")),
        (DocumentKind.CARD_UID, _("Enrolled card (no proof)")),
        (DocumentKind.OTHER, _("Other document")),
    )

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("Document"), max_length=20, choices=KIND)
    issuer = models.CharField(_("Issued by"), max_length=3)
    number = EncryptedTextField(_("Number"))
    person_key = models.BinaryField(unique=True, validators=[MaxLengthValidator(16)])

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"document:{self.pk}"

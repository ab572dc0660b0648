from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.sites.models import Site
from gatepass.identity import DocumentKind, PartialDate, Sex
from gatepass.identity.names import Name

if TYPE_CHECKING:
    from gatepass.centre.people.households.models import Household, Membership


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
    preferred_name = models.CharField(_("Preferred name"), max_length=120, blank=True)
    """What the person likes to be called; it helps to find them and stands on no document."""
    sex = models.CharField(_("Sex"), max_length=10, choices=SEX, default=Sex.UNKNOWN)
    birth = models.CharField(_("Date of birth"), max_length=10, blank=True)
    """ISO 8601, possibly without day, or without day and month."""
    nationality = models.CharField(_("Nationality"), max_length=3, blank=True)
    """ISO 3166-1 alpha-3."""
    language = models.CharField(
        _("Language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    room = models.ForeignKey(
        "addresses.Place", on_delete=models.PROTECT, null=True, blank=True, related_name="residents"
    )
    address = models.CharField(_("Address"), max_length=200, blank=True)
    """As it was told, where there is no room of the list to point at, or something to add to it."""
    registered_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=0)
    """Grows with each change of this row, its documents and phones: two people who edit at once notice it."""
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    """Set while this row is one half of a merge: no list shows it, `merges.actions.unmerge` brings it back."""

    class Meta:
        ordering = ("full_name", "id")
        indexes = (
            models.Index(fields=("site", "full_name"), name="residents_of_a_site"),
            models.Index(fields=("birth",), name="residents_by_birth"),
            models.Index(fields=("full_name", "id"), name="residents_by_name"),
            models.Index(fields=("nationality", "full_name", "id"), name="residents_by_nationality"),
            # For programs that ask for what changed since they last asked.
            models.Index(fields=("changed_at",), name="residents_by_change"),
            # Of the merged ones alone: an index in which nearly everybody is "in none" tempts SQLite to read them all.
            models.Index(
                fields=("merged_into",), condition=models.Q(merged_into__isnull=False), name="residents_merged"
            ),
        )

    def __str__(self) -> str:
        # Never the name: this text reaches logs and error reports.
        return f"resident:{self.pk}"

    @property
    def name(self) -> Name:
        return Name(self.full_name, self.latin_name, self.preferred_name)

    @property
    def names(self) -> list[Name]:
        """The name, and those under which rows that were merged into this one knew the person."""
        return [self.name, *(name for half in self.merged.all() for name in half.names)]

    @property
    def born(self) -> PartialDate | None:
        return born(self.birth)

    @property
    def membership(self) -> Membership | None:
        """Where the person lives now; one query, or none after `prefetch_related("memberships__household")`."""
        return next((one for one in self.memberships.all() if one.until is None), None)

    @property
    def household(self) -> Household | None:
        membership = self.membership
        return membership.household if membership else None

    @property
    def phone(self) -> str:
        """The number to call first; empty where none is known."""
        numbers = list(self.phones.all())
        return str(numbers[0].number) if numbers else ""

    @property
    def home(self) -> str:
        """The room of the list, or the address as it was told."""
        return self.room.path if self.room else self.address


def born(birth: str) -> PartialDate | None:
    """`1941-03-12`, `1941-03`, `1941` or empty, as `Resident.birth` holds it."""
    return PartialDate(*map(int, birth.split("-"))) if birth else None


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

    class Retired(models.TextChoices):
        """Why a document counts no more. Gates do not know it any longer, whoever shows it."""

        REPLACED = "replaced", _("Replaced by a new one")
        EXPIRED = "expired", _("Expired")
        LOST = "lost", _("Lost or stolen")
        MISTAKE = "mistake", _("Entered by mistake")

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("Document"), max_length=20, choices=KIND)
    issuer = models.CharField(_("Issued by"), max_length=3)
    number = EncryptedTextField(_("Number"))
    person_key = models.BinaryField(db_index=True, validators=[MaxLengthValidator(16)])
    added_at = models.DateTimeField()
    valid_until = models.DateField(_("Valid until"), null=True, blank=True)
    """The last day, as the document states it; empty where it states none."""
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_for = models.CharField(_("Reason"), max_length=10, choices=Retired.choices, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("person_key",),
                condition=models.Q(retired_at__isnull=True),
                name="one_holder_of_a_document_in_use",
            ),
        )

    def __str__(self) -> str:
        return f"document:{self.pk}"


class Phone(models.Model):
    """One number under which somebody is reached for a resident; the preferred one first."""

    class Purpose(models.TextChoices):
        OWN = "own", _("Own mobile")
        HOME = "home", _("At home")
        WORK = "work", _("At work")
        RELATIVE = "relative", _("Relative")
        EMERGENCY = "emergency", _("In an emergency")

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="phones")
    number = EncryptedTextField(_("Telephone"))
    number_key = models.BinaryField(db_index=True, validators=[MaxLengthValidator(16)])
    """By which the number is searched: `access.phone_key`."""
    purpose = models.CharField(_("Purpose"), max_length=10, choices=Purpose.choices, default=Purpose.OWN)
    whose = models.CharField(_("Whose"), max_length=60, blank=True)
    """Who answers, where it is not the resident: 女儿, a neighbour, the ward."""
    preferred = models.BooleanField(_("Call this one first"), default=False)

    class Meta:
        ordering = ("-preferred", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("resident",), condition=models.Q(preferred=True), name="one_preferred_phone"
            ),
        )

    def __str__(self) -> str:
        return f"phone:{self.pk}"


class NameKey(models.Model):
    """Under which keys a name is found again (`identity.names.keys`), narrowed by site and year of birth.

    Numbers only: `key` is 63 bits of the key's hash, so that a million residents (some twelve keys each) stay small.
    """

    pk = models.CompositePrimaryKey("key", "site", "birth_year", "resident")
    key = models.BigIntegerField()
    site = models.IntegerField()
    birth_year = models.SmallIntegerField()
    """0 where it is not known."""
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="name_keys")

    def __str__(self) -> str:
        return f"{self.key:x}"


class NamePart(models.Model):
    """In whose name this part stands, in the order of names: `name_parts` cuts a name into its parts and keeps them.

    The name is repeated in each row, so that whoever looks for a frequent part reads the first fifty and no more.
    """

    pk = models.CompositePrimaryKey("part", "name", "resident")
    part = models.CharField(max_length=4)
    """One character, three letters in a row, or `^` with the one or two first letters of a word; in small letters."""
    name = models.CharField(max_length=120)
    """`Resident.full_name`."""
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="name_parts")

    def __str__(self) -> str:
        # Never the part: this text reaches logs and error reports.
        return f"part:{self.resident_id}"


class SavedFilter(models.Model):
    """A filter of the residents' list that somebody uses again, and may share with colleagues."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(pgettext_lazy("of a thing", "Name"), max_length=60)
    query = models.CharField(max_length=500)
    """As it stands in the address, without names of people: `colour=yellow&site=3`."""
    shared = models.BooleanField(_("Colleagues may use it too"), default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name", "id")
        constraints = (models.UniqueConstraint(fields=("owner", "name"), name="one_filter_of_a_name_and_owner"),)

    def __str__(self) -> str:
        return self.name

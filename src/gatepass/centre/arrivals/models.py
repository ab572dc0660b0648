from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.applicants.models import Applicant
from gatepass.centre.employers.models import Company
from gatepass.centre.mandates.models import Consent, Relation
from gatepass.centre.people.addresses.models import Place
from gatepass.centre.people.fields import EncryptedBytesField, EncryptedTextField
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.centre.sites.models import Site
from gatepass.policy.journeys import StayTold


class Transport(models.TextChoices):
    FLIGHT = "flight", _("Flight")
    TRAIN = "train", _("Train")
    SHIP = "ship", _("Ship")
    COACH = "coach", _("Coach")
    CAR = "car", _("Car")
    OTHER = "other", _("Something else")


class Journey(models.Model):
    """One registration: people who come together, where they were before, and to whom they come.

    draft ──► sent ──► acknowledged        the community has read it; from then on the people are registered
      ▲        │
      └────────┘ amended by whoever sent it, until it is acknowledged
    Each of these may be cancelled.
    """

    class Manner(models.TextChoices):
        """Who fills it in."""

        SELF = "self", _("The traveller")
        COMPANION = "companion", _("Somebody who travels with them")
        HOST = "host", _("Their host")
        EMPLOYER = "employer", _("Their employer")
        SOCIAL_WORKER = "social_worker", _("Social worker")

    class State(models.TextChoices):
        DRAFT = "draft", _("Not sent yet")
        SENT = "sent", _("Sent, not yet read by the community")
        ACKNOWLEDGED = "acknowledged", _("The community expects you")
        CANCELLED = "cancelled", _("Cancelled")

    manner = models.CharField(_("Who registers"), max_length=14, choices=Manner.choices)
    applicant = models.ForeignKey(Applicant, on_delete=models.CASCADE, null=True, related_name="journeys")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    company = models.ForeignKey(Company, on_delete=models.SET_NULL, null=True, related_name="+")
    """Whose grid worker registers them."""
    consent = models.CharField(_("Consent"), max_length=14, choices=Consent.choices, blank=True)
    """How the travellers agreed that somebody else acts for them."""
    consented_at = models.DateTimeField(null=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="journeys")
    building = models.ForeignKey(Place, on_delete=models.SET_NULL, null=True, related_name="+")
    address = EncryptedTextField(null=True)
    phone = EncryptedTextField(null=True)
    """Under which they are reached on the way."""
    arrives_at = models.DateTimeField(_("Arrival"), null=True)
    port = models.CharField(max_length=60, blank=True)
    transport = models.CharField(_("Transport"), max_length=6, choices=Transport.choices, blank=True)
    number = models.CharField(_("Flight or train number"), max_length=20, blank=True)
    seat = models.CharField(_("Seat"), max_length=40, blank=True)
    boarding_at = models.DateTimeField(null=True)
    boarding_zone = models.CharField(max_length=40, blank=True)
    explanation = EncryptedTextField(null=True)
    """About days that nobody could account for, in the own words."""
    state = models.CharField(_("State"), max_length=12, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(_("Sent"), null=True)
    acknowledge_by = models.DateTimeField(null=True)
    overdue_after = models.DateTimeField(null=True)
    """From then on whoever has not come is not reported."""
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("arrives_at", "id")
        indexes = (
            models.Index(fields=("site", "state", "arrives_at"), name="journeys_to_a_site"),
            models.Index(fields=("state", "acknowledge_by"), name="journeys_to_acknowledge"),
            models.Index(fields=("arrives_at", "id"), name="journeys_in_their_order"),
            models.Index(fields=("applicant",), name="journeys_of_an_applicant"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(applicant__isnull=True) | Q(staff__isnull=True), name="a_journey_has_one_author"
            ),
        )

    def __str__(self) -> str:
        return f"journey:{self.pk}"

    @property
    def zone(self) -> ZoneInfo:
        """The civil time of the place of arrival."""
        return self.site.zone if self.site else ZoneInfo(settings.TIME_ZONE)

    @property
    def may_change(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_announced(self) -> bool:
        return self.state in {self.State.SENT, self.State.ACKNOWLEDGED}


class Traveller(models.Model):
    """One person of a registration, with the own document."""

    class State(models.TextChoices):
        EXPECTED = "expected", _("Expected")
        ARRIVED = "arrived", _("Arrived")
        CANCELLED = "cancelled", _("Does not come")

    class Seen(models.TextChoices):
        """How it is known that somebody has come."""

        GATE = "gate", _("Seen at a gate")
        STAFF = "staff", _("Entered by staff")
        SELF = "self", _("Said so on the phone")

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="travellers")
    relation = models.CharField(_("Relation"), max_length=14, choices=Relation.choices)
    """Who registers, seen from this person."""
    full_name = models.CharField(_("Full name"), max_length=120, blank=True)
    latin_name = models.CharField(_("Name in Latin letters"), max_length=120, blank=True)
    birth = models.CharField(_("Date of birth"), max_length=10, blank=True)
    sex = models.CharField(_("Sex"), max_length=10, choices=Resident.SEX, default="unknown")
    nationality = models.CharField(_("Nationality"), max_length=3, blank=True)
    language = models.CharField(_("Language"), max_length=10, choices=settings.LANGUAGES)
    kind = models.CharField(_("Document"), max_length=20, choices=IdentityDocument.KIND, default="passport")
    issuer = models.CharField(_("Issued by"), max_length=3, blank=True)
    number = EncryptedTextField(_("Number"))
    valid_until = models.DateField(_("Valid until"), null=True)
    person_key = models.BinaryField(db_index=True, validators=[MaxLengthValidator(16)])
    """Empty until the number is confirmed."""
    doubtful = models.JSONField(default=list)
    """Names of fields that a photo did not show for certain: never what they say."""
    confirmed = models.BooleanField(default=False)
    """A person has compared the fields with the document."""
    resident = models.ForeignKey(Resident, on_delete=models.SET_NULL, null=True, related_name="travels")
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.EXPECTED)
    arrived_at = models.DateTimeField(null=True)
    seen = models.CharField(max_length=5, choices=Seen.choices, blank=True)
    facts_at = models.DateTimeField(null=True)
    """When stays, tests and the arrival became facts about the resident."""

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("state",), condition=Q(state="expected"), name="travellers_expected"),)

    def __str__(self) -> str:
        # Never the name: this text reaches logs and error reports.
        return f"traveller:{self.pk}"


class Stay(models.Model):
    """One place in which travellers were, in whole days there, and how they came to it."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="stays")
    travellers = models.ManyToManyField(Traveller, related_name="stays")
    country = models.CharField(_("Country"), max_length=3)
    division = models.CharField(max_length=6, blank=True)
    """Of China, by GB/T 2260: 2, 4 or 6 digits."""
    region = models.CharField(max_length=60, blank=True)
    city = models.CharField(max_length=60, blank=True)
    zone = models.CharField(max_length=40)
    first = models.DateField(_("From"))
    last = models.DateField(_("To"))
    transit = models.BooleanField(default=False)
    transport = models.CharField(_("Transport"), max_length=6, choices=Transport.choices, blank=True)
    number = models.CharField(_("Flight or train number"), max_length=20, blank=True)
    seat = models.CharField(_("Seat"), max_length=40, blank=True)
    companions = EncryptedTextField(null=True)
    """Others who were with them, as they were told."""

    class Meta:
        ordering = ("first", "last", "id")

    def __str__(self) -> str:
        return f"stay:{self.pk}"

    @property
    def told(self) -> StayTold:
        return StayTold(self.first, self.last, ZoneInfo(self.zone), self.city or self.region, transit=self.transit)

    @property
    def area(self) -> str:
        """The code by which areas of risk and facts know the place."""
        return self.division or self.country


class Proof(models.Model):
    """An uploaded paper of one traveller, and what staff found it to be worth."""

    class Kind(models.TextChoices):
        TEST = "test", _("Test result")
        VACCINATION = "vaccination", _("Certificate of vaccination")
        RECOVERY = "recovery", _("Certificate of recovery")
        PASSPORT = "passport", _("Photo of the passport")
        OTHER = "other", _("Another paper")

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Not looked at yet")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", pgettext_lazy("a paper", "Not accepted")

    class Why(models.TextChoices):
        FITS = "fits", _("Name, date and result are what is asked for")
        CODE = "code", _("Its code was verified")
        TOO_EARLY = "too_early", _("The sample was taken too early")
        AFTER_BOARDING = "after", _("The sample was taken after boarding")
        NAME = "name", _("It names somebody else")
        UNREADABLE = "unreadable", _("It cannot be read")
        KIND = "kind", _("It is not a paper of this kind")
        POSITIVE = "positive", _("The result is positive or unclear")
        DOUBT = "doubt", _("It may not be genuine")

    METHOD = (("pcr", _("PCR")), ("antigen", _("antigen")), ("antibody", _("antibodies")))
    RESULT = (
        ("negative", _("negative")), ("positive", _("positive")), ("invalid", _("invalid")),
        ("pending", _("not known yet")),
    )  # fmt: skip

    traveller = models.ForeignKey(Traveller, on_delete=models.CASCADE, related_name="proofs")
    kind = models.CharField(_("Kind"), max_length=11, choices=Kind.choices)
    content = EncryptedBytesField()
    media_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    uploaded_at = models.DateTimeField()
    sample_at = models.DateTimeField(null=True)
    sample_zone = models.CharField(max_length=40, blank=True)
    method = models.CharField(_("Kind of test"), max_length=8, choices=METHOD, blank=True)
    result = models.CharField(_("Result"), max_length=8, choices=RESULT, blank=True)
    verdict = models.JSONField(default=dict)
    """Of a code on it: `{"outcome": "pass", "reasons": [...], "format": "..."}`; empty where there is none of ours."""
    outcome = models.CharField(_("Outcome"), max_length=8, choices=Outcome.choices, default=Outcome.WAITING)
    why = models.CharField(_("Why"), max_length=10, choices=Why.choices, blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    is_fact = models.BooleanField(default=False)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("outcome",), condition=Q(outcome="waiting"), name="proofs_to_check"),)

    def __str__(self) -> str:
        return f"proof:{self.pk}"


def overdue(now: datetime) -> Q:
    """Travellers who should have come and of whom nobody has heard."""
    return Q(state=Traveller.State.EXPECTED, journey__overdue_after__lte=now)


RECENT = timedelta(days=60)
"""How long a board and the watch of the gates look back."""

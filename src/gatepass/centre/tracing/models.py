from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.models import Community


class Case(models.Model):
    """Leave to look at the movements of a few named people for a while.

    proposed ──► open ──► closed          by hand, or by itself at `expires_at`
        └──────► refused                  by the second person, or taken back by the first

    Every move is a compare-and-set on `state` (`actions._moved`). Whether a case may be read is asked of
    `is_open_at`, never of `state` alone: an expired case is shut whether or not anybody has written it down yet.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Waits for a second person")
        OPEN = "open", _("Under way")
        CLOSED = "closed", _("Closed")
        REFUSED = "refused", _("Turned down")

    class Ending(models.TextChoices):
        BY_HAND = "by_hand", _("closed by hand")
        EXPIRED = "expired", _("its time ran out")

    community = models.ForeignKey(Community, on_delete=models.PROTECT, null=True, related_name="cases")
    """Only its gates are looked at; empty: the whole town's."""
    reason = EncryptedTextField()
    legal_basis = models.CharField(max_length=40)
    """A code of `bases.toml`."""
    since = models.DateTimeField()
    until = models.DateTimeField()
    margin = models.PositiveSmallIntegerField(default=10)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    """Of a refused case: who refused it, and when."""
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ending = models.CharField(max_length=8, choices=Ending.choices, blank=True)
    candidates = models.PositiveIntegerField(null=True)
    """How many people the last count found; empty: nobody has counted yet, and there is no list to look at."""
    counted_at = models.DateTimeField(null=True)
    narrowed_to_s = models.PositiveIntegerField(null=True)
    """Seconds before and after a passage, where the minutes of the case would have found too many encounters."""

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("opened_by")) | Q(state="refused"),
                name="nobody_confirms_the_own_case",
            ),
            models.CheckConstraint(condition=Q(since__lt=F("until")), name="a_case_has_a_window"),
        )
        indexes = (models.Index(fields=("expires_at",), condition=Q(state="open"), name="cases_to_close"),)

    def __str__(self) -> str:
        return f"case:{self.pk}"

    def is_open_at(self, moment: datetime) -> bool:
        return self.state == self.State.OPEN and moment < self.expires_at

    def has_expired(self, moment: datetime) -> bool:
        return self.state in {self.State.OPEN, self.State.PROPOSED} and moment >= self.expires_at


class Extension(models.Model):
    """More time for an open case: asked for by one tracer, granted by another, as the case itself."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for a second person")
        GRANTED = "granted", _("More time granted")
        REFUSED = "refused", _("Turned down")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="extensions")
    until = models.DateTimeField()
    reason = EncryptedTextField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="granted") | ~Q(answered_by=F("asked_by")), name="nobody_extends_alone"
            ),
            models.UniqueConstraint(fields=("case",), condition=Q(state="asked"), name="one_extension_at_a_time"),
        )

    def __str__(self) -> str:
        return f"extension:{self.pk}"


class Contact(models.Model):
    """Somebody in a case, under a code that says nothing and is another one in every case.

    `step` 0 is an index person, 1 somebody who met one, 2 somebody who met those, and so on.
    """

    class Kind(models.IntegerChoices):
        """The strongest link; in this order the list is drawn up."""

        INDEX = 0, _("Index person")
        HOUSEHOLD = 1, _("Same household")
        VISIT = 2, _("Host or visitor")
        GATE = 3, _("Same gate")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="contacts")
    code = models.CharField(max_length=6)
    step = models.PositiveSmallIntegerField()
    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, null=True, related_name="+")
    person_key = models.BinaryField(null=True, validators=[MaxLengthValidator(16)])
    """Of somebody whom the registry does not know."""
    number = EncryptedTextField(null=True)
    """Of an index person: the end of the number as it was typed, so that the second person knows who is meant."""
    kind = models.PositiveSmallIntegerField(choices=Kind.choices, default=Kind.GATE)
    score = models.FloatField(default=0)
    first_met = models.DateTimeField(null=True)
    last_met = models.DateTimeField(null=True)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reached_at = models.DateTimeField(null=True)
    informed_at = models.DateTimeField(null=True)
    tested_at = models.DateTimeField(null=True)
    quarantined_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("step", "kind", "-score", "id")
        constraints = (
            models.UniqueConstraint(fields=("case", "code"), name="one_contact_of_a_code"),
            models.UniqueConstraint(fields=("case", "resident"), name="one_contact_of_a_resident"),
            models.UniqueConstraint(fields=("case", "person_key"), name="one_contact_of_a_key"),
            models.CheckConstraint(
                condition=Q(resident__isnull=False) | Q(person_key__isnull=False), name="a_contact_is_somebody"
            ),
        )
        indexes = (models.Index(fields=("case", "step", "kind", "-score"), name="contacts_by_rank"),)

    def __str__(self) -> str:
        return f"contact:{self.pk}"


class Link(models.Model):
    """Why somebody is on the list: from whom, how, and how near (`scoring.Score.why`)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    source = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="leads_to")
    target = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="comes_from")
    kind = models.PositiveSmallIntegerField(choices=Contact.Kind.choices)
    score = models.FloatField(default=0)
    why = models.JSONField(default=dict)

    class Meta:
        ordering = ("kind", "-score", "id")
        constraints = (models.UniqueConstraint(fields=("source", "target", "kind"), name="one_link_of_a_kind"),)

    def __str__(self) -> str:
        return f"link:{self.pk}"


class Reveal(models.Model):
    """One name, told to one member of staff, for a reason."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="reveals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=40)
    """A code of `bases.toml`, or `hand_over`."""
    words = EncryptedTextField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("contact", "user"), name="revealed_once_to_each"),)

    def __str__(self) -> str:
        return f"reveal:{self.pk}"


class HandOver(models.Model):
    """Contacts that one tracer gives to another; they change hands when the other says yes."""

    class State(models.TextChoices):
        OFFERED = "offered", _("Offered")
        TAKEN = "taken", _("Taken over")
        DECLINED = "declined", _("Declined")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="hand_overs")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    contacts: models.ManyToManyField = models.ManyToManyField(Contact, related_name="hand_overs")
    note = EncryptedTextField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OFFERED)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"handover:{self.pk}"


class Work(models.Model):
    """One line of what was done about a contact. Lines are added, never changed."""

    class What(models.TextChoices):
        TRIED = "tried", _("Tried in vain")
        REACHED = "reached", _("Reached")
        INFORMED = "informed", _("Informed")
        TESTED = "tested", _("Tested")
        QUARANTINED = "quarantined", _("Quarantined")
        UNDONE = "undone", _("Taken back")
        NOTE = "note", _("Note")
        HANDED_OVER = "handed_over", _("Handed over")

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="work")
    what = models.CharField(max_length=12, choices=What.choices)
    note = EncryptedTextField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"work:{self.pk}"

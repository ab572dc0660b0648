from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.people.models import Resident
from gatepass.centre.sending.models import Channel
from gatepass.centre.sites.models import Community


class Company(models.Model):
    name = models.CharField(_("Company"), max_length=120)
    credit_code = models.CharField(_("Unified social credit code"), max_length=18, unique=True)
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="companies")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class Appointment(models.Model):
    """Who is grid worker of which company. A grid worker's role opens pages; only this row opens a company in them."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="appointments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="appointments")
    channel = models.CharField(_("Channel"), max_length=5, choices=Channel.choices)
    address = EncryptedTextField()
    """Where reminders go."""
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("company", "user"), condition=models.Q(until__isnull=True), name="appointed_once"
            ),
        )

    def __str__(self) -> str:
        return f"appointment:{self.pk}"


class Colleague(models.Model):
    """Somebody on a company's list, as the company wrote it. What the town's registry knows is not copied here."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="colleagues")
    resident = models.ForeignKey(Resident, on_delete=models.SET_NULL, null=True, related_name="employments")
    """The holder of the same document, where registered. Never shown to the company: only the office follows it."""
    full_name = models.CharField(_("Full name"), max_length=120)
    latin_name = models.CharField(max_length=120, blank=True)
    nationality = models.CharField(_("Nationality"), max_length=3, blank=True)
    person_key = models.BinaryField(validators=[MaxLengthValidator(16)])
    number = EncryptedTextField()
    employee_number = models.CharField(_("Employee number"), max_length=40, blank=True)
    department = models.CharField(_("Department"), max_length=80, blank=True)
    since = models.DateField(_("Works here from"), null=True)
    until = models.DateField(_("Until"), null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("full_name", "id")
        constraints = (models.UniqueConstraint(fields=("company", "person_key"), name="one_colleague_of_a_document"),)
        indexes = (models.Index(fields=("person_key",), name="colleagues_of_a_document"),)

    def __str__(self) -> str:
        # Never the name: this text reaches logs and error reports.
        return f"colleague:{self.pk}"

    @property
    def is_foreign(self) -> bool:
        return self.nationality not in {"", "CHN", "HKG", "MAC", "TWN"}


class WorkPermit(models.Model):
    """The newest one of a colleague counts."""

    colleague = models.OneToOneField(Colleague, on_delete=models.CASCADE, related_name="permit")
    number = EncryptedTextField()
    valid_until = models.DateField(_("Valid until"), db_index=True)
    warned = models.PositiveSmallIntegerField(null=True)
    """The step, in days before the end, of the last warning; empty: none yet."""

    def __str__(self) -> str:
        return f"permit:{self.pk}"


class Whereabouts(models.Model):
    """One report of where a colleague is; the newest counts, the older ones are the history."""

    class State(models.TextChoices):
        HERE = "here", _("Here")
        AWAY = "away", _("Away")
        ISOLATION = "isolation", _("In isolation")

    colleague = models.ForeignKey(Colleague, on_delete=models.CASCADE, related_name="whereabouts")
    state = models.CharField(_("Whereabouts"), max_length=9, choices=State.choices)
    place = EncryptedTextField()
    until = models.DateField(null=True)
    """Of somebody away: when they return; in isolation: its last day."""
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"whereabouts:{self.pk}"


class Confirmation(models.Model):
    """One month of one company. It is opened by the clock and confirmed by a person."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="confirmations")
    month = models.DateField()
    """Its first day."""
    due_on = models.DateField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    counts = models.JSONField(default=dict)
    """Answer -> how many."""
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-month",)
        constraints = (models.UniqueConstraint(fields=("company", "month"), name="one_confirmation_a_month"),)

    def __str__(self) -> str:
        return f"confirmation:{self.pk}"


class Answer(models.Model):
    class Said(models.TextChoices):
        HERE = "here", _("Still here")
        LEFT = "left", _("Has left")
        CHANGED = "changed", _("Something has changed")

    confirmation = models.ForeignKey(Confirmation, on_delete=models.CASCADE, related_name="answers")
    colleague = models.ForeignKey(Colleague, on_delete=models.CASCADE, related_name="answers")
    said = models.CharField(max_length=7, choices=Said.choices)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("confirmation", "colleague"), name="one_answer_a_month"),)

    def __str__(self) -> str:
        return f"answer:{self.pk}"


class StaffList(models.Model):
    """An uploaded spreadsheet; its rows go when they are entered."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="lists")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    entered = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"stafflist:{self.pk}"


class StaffRow(models.Model):
    class Finding(models.TextChoices):
        WRONG = "wrong", _("To be mended")
        ALIKE = "alike", _("Perhaps on the list already")
        READY = "ready", _("Ready")

    staff_list = models.ForeignKey(StaffList, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    """As the spreadsheet counts it."""
    values = EncryptedTextField()
    """JSON: field -> text."""
    notes = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    """[[field, code, {…}]]: never what the cell says."""
    finding = models.CharField(max_length=5, choices=Finding.choices, default=Finding.WRONG)
    alike = models.ForeignKey(Colleague, on_delete=models.SET_NULL, null=True, related_name="+")
    somebody_else = models.BooleanField(default=False)
    """Somebody looked: the row is not `alike`, though the names are."""
    person_key = models.BinaryField(null=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("staff_list", "number"), name="one_staff_row_of_a_number"),)

    def __str__(self) -> str:
        return f"staffrow:{self.pk}"

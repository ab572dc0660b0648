from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.applicants.models import Applicant
from gatepass.centre.facts.models import Fact
from gatepass.centre.people.fields import EncryptedTextField
from gatepass.centre.people.models import Resident
from gatepass.centre.quarantine import calendar
from gatepass.centre.quarantine.rules import Kind, Rules, rules_of
from gatepass.centre.sites.models import Device, Gate
from gatepass.credentials.make import new_serial


class Rung(models.TextChoices):
    """How far the ladder of a missed report has been climbed. The value is stored: never rename one."""

    WAITING = "waiting", _("Nothing is missing")
    RESIDENT = "resident", _("The person was reminded")
    HOUSEHOLD = "household", _("The household was asked")
    VOLUNTEER = "volunteer", _("A volunteer who speaks the language")
    ROSTER = "roster", _("Whoever is on duty")
    DESK = "desk", _("It lies on the desk")


class Quarantine(models.Model):
    """One case and its one period. `actions` opens and closes it; `ladder` alone moves `awaited` and `rung`.

    open ──► released     the one act of `releasing`, with a notice
      ▲  ├──► lost        somebody's decision, never time's; it can be found again
      │  └──► withdrawn   it should never have been opened: no notice, and the fact goes as well
      └── a release that is taken back opens it again
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("a quarantine", "Under way")
        RELEASED = "released", pgettext_lazy("a quarantine", "Released")
        LOST = "lost", pgettext_lazy("a quarantine", "Given up")
        WITHDRAWN = "withdrawn", pgettext_lazy("a quarantine", "Opened by mistake")

    resident = models.ForeignKey(Resident, on_delete=models.CASCADE, related_name="quarantines")
    kind = models.CharField(max_length=30)
    """A code of the rules."""
    rules = models.CharField(max_length=20)
    """The version under which it was opened. It judges the release, whatever is in force then."""
    zone = models.CharField(max_length=40)
    """The civil time in which the period is reckoned: that of the site when it was opened."""
    reason = EncryptedTextField(null=True)
    place = EncryptedTextField(null=True)
    """Where; empty: at home."""
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    """The end of the period, the newest amendment's. There is no other date."""
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    """The social worker who looks after it."""
    fact = models.ForeignKey(Fact, on_delete=models.SET_NULL, null=True, related_name="+")
    """On which the colour rests. It has no end until the release."""
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    closed_for = models.CharField(max_length=30, blank=True)
    """A code of the rules."""
    closed_words = EncryptedTextField(null=True)
    awaited = models.DateTimeField(null=True)
    """When the report that is waited for is due; empty: none is."""
    rung = models.CharField(max_length=9, choices=Rung.choices, default=Rung.WAITING)
    alert_after = models.DateTimeField(null=True)
    """From then on the worker moves it a step further."""
    last_report_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("ends_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("resident",), condition=Q(state="open"), name="one_open_quarantine_of_a_resident"
            ),
            models.CheckConstraint(condition=Q(started_at__lt=models.F("ends_at")), name="a_quarantine_has_a_period"),
        )
        indexes = (
            # With the state: by `alert_after` alone, SQLite would rather read every open case by `quarantines_by_end`.
            models.Index(
                fields=("state", "alert_after"), condition=Q(alert_after__isnull=False), name="quarantines_to_ask"
            ),
            models.Index(fields=("state", "ends_at"), name="quarantines_by_end"),
            models.Index(fields=("resident", "-id"), name="quarantines_of_a_resident"),
        )

    def __str__(self) -> str:
        return f"quarantine:{self.pk}"

    @property
    def rulebook(self) -> Rules:
        return rules_of(self.rules)

    @property
    def rule(self) -> Kind:
        return self.rulebook.kind_of(self.kind)

    @property
    def civil(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def day(self, moment: datetime) -> int:
        return calendar.day_of(min(moment, self.ends_at), self.started_at, self.rule.counted, self.civil)

    @property
    def days(self) -> int:
        """As many as the period has now, amendments included."""
        last = self.ends_at if self.rule.counted == "days" else self.ends_at - calendar.DAY / 86_400
        day = calendar.day_of(last, self.started_at, self.rule.counted, self.civil)
        return day - 1 if self.rule.counted == "days" else day


class Amendment(models.Model):
    """How the period or the place was changed, and by whom. The first one is the order. Added, never changed."""

    quarantine = models.ForeignKey(Quarantine, on_delete=models.CASCADE, related_name="amendments")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = EncryptedTextField(null=True)
    reason = models.CharField(max_length=30, blank=True)
    """A code of the rules; empty: the order itself."""
    words = EncryptedTextField(null=True)
    serial = models.BinaryField(max_length=8, unique=True, default=new_serial)
    """The number of the paper on which this state of the order is printed."""

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"amendment:{self.pk}"


class Explanation(models.Model):
    """The order was explained: by whom, in which language, through whom. Every time is a row."""

    class Manner(models.TextChoices):
        IN_PERSON = "in_person", _("In person")
        BY_PHONE = "by_phone", _("By telephone")
        IN_WRITING = "in_writing", _("In writing")

    quarantine = models.ForeignKey(Quarantine, on_delete=models.CASCADE, related_name="explanations")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    manner = models.CharField(_("How"), max_length=10, choices=Manner.choices)
    language = models.CharField(_("Language"), max_length=10, choices=settings.LANGUAGES)
    interpreter = EncryptedTextField(null=True)
    """Name and channel of whoever interpreted; empty: nobody was needed."""
    understood = models.BooleanField(default=True)
    supplies = models.BooleanField(default=False)
    """Food, medicine and what the home needs are ensured."""
    help_needed = EncryptedTextField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"explanation:{self.pk}"


class Report(models.Model):
    """One daily report. A correction is another row that names the one it corrects; the newest counts."""

    class Via(models.TextChoices):
        OWN = "own", _("The person, on the phone")
        HOUSEHOLD = "household", _("Somebody who acts for the person")
        GATE = "gate", _("At the gate")
        CALL = "call", _("By telephone, written down by staff")
        VISIT = "visit", _("At a visit, by staff")

    quarantine = models.ForeignKey(Quarantine, on_delete=models.CASCADE, related_name="reports")
    slot = models.DateTimeField()
    """When the report that this one answers was due."""
    measured_at = models.DateTimeField()
    received_at = models.DateTimeField()
    tenths = models.PositiveSmallIntegerField(null=True)
    """Of a degree Celsius; empty: not measured."""
    symptoms = models.JSONField(default=list)
    """Of `policy.colours.facts.Symptom`; empty: none."""
    note = EncryptedTextField(null=True)
    via = models.CharField(max_length=9, choices=Via.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    applicant = models.ForeignKey(Applicant, on_delete=models.SET_NULL, null=True, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="+")
    """At which gate a guard took it down."""
    key = models.CharField(max_length=40)
    """Made by whoever sends it: the same report that arrives twice is one."""
    corrects = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="corrected_by")
    alarming = models.BooleanField(default=False)
    fact = models.ForeignKey(Fact, on_delete=models.SET_NULL, null=True, related_name="+")
    """Of a fever: a colour may rest on it."""

    class Meta:
        ordering = ("-measured_at", "-id")
        constraints = (models.UniqueConstraint(fields=("quarantine", "key"), name="one_report_of_a_key"),)
        indexes = (models.Index(fields=("quarantine", "-measured_at"), name="reports_of_a_quarantine"),)

    def __str__(self) -> str:
        return f"report:{self.pk}"


class Step(models.Model):
    """One move on the ladder of one missed report. Each is there once, however many workers there are."""

    class Outcome(models.TextChoices):
        TOLD = "told", _("told")
        SKIPPED = "skipped", _("skipped")
        ENDED = "ended", _("the report came")

    quarantine = models.ForeignKey(Quarantine, on_delete=models.CASCADE, related_name="steps")
    slot = models.DateTimeField()
    rung = models.CharField(max_length=9, choices=Rung.choices)
    due_at = models.DateTimeField()
    """When the step was to be taken."""
    at = models.DateTimeField()
    outcome = models.CharField(max_length=7, choices=Outcome.choices)
    why = models.CharField(max_length=30, blank=True)
    """A code of `asking.WHY_SKIPPED`."""

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("quarantine", "slot", "rung"), name="each_step_once"),)

    def __str__(self) -> str:
        return f"step:{self.pk}"

    @property
    def why_words(self) -> str:
        from gatepass.centre.quarantine.asking import WHY_SKIPPED  # it imports these models

        return str(WHY_SKIPPED.get(self.why, self.why))


class Sample(models.Model):
    """A test during the quarantine: taken, and later its result. A result that is known is a fact as well."""

    METHODS = (("pcr", _("PCR")), ("antigen", _("antigen")))
    RESULTS = (
        ("pending", _("not known yet")),
        ("negative", _("negative")),
        ("positive", _("positive")),
        ("invalid", _("invalid")),
    )

    quarantine = models.ForeignKey(Quarantine, on_delete=models.CASCADE, related_name="samples")
    taken_at = models.DateTimeField(_("Sample taken"))
    method = models.CharField(_("Kind of test"), max_length=8, choices=METHODS)
    result = models.CharField(_("Result"), max_length=8, choices=RESULTS, default="pending")
    result_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    fact = models.ForeignKey(Fact, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ("-taken_at", "-id")

    def __str__(self) -> str:
        return f"sample:{self.pk}"


class Visit(models.Model):
    """Somebody went there, or called."""

    class Found(models.TextChoices):
        WELL = "well", _("Met, all well")
        HELPED = "helped", _("Met and helped")
        NOBODY = "nobody", _("Nobody opened")
        AWAY = "away", _("Not at home")

    quarantine = models.ForeignKey(Quarantine, on_delete=models.CASCADE, related_name="visits")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    found = models.CharField(_("What was found"), max_length=6, choices=Found.choices)
    note = EncryptedTextField(null=True)

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"visit:{self.pk}"


class Need(models.Model):
    """Something the person cannot fetch: a task with a state and somebody who does it."""

    class What(models.TextChoices):
        GROCERIES = "groceries", _("Groceries")
        MEDICINE = "medicine", _("Medicine")
        DOCTOR = "doctor", _("A doctor")
        RUBBISH = "rubbish", _("Rubbish to be taken away")
        PARCEL = "parcel", _("A parcel to be brought up")
        TALK = "talk", _("Somebody to talk to")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("a need", "Asked for")
        TAKEN = "taken", pgettext_lazy("a need", "Somebody is on it")
        DONE = "done", pgettext_lazy("a need", "Done")
        DROPPED = "dropped", pgettext_lazy("a need", "Not needed any more")

    quarantine = models.ForeignKey(Quarantine, on_delete=models.CASCADE, related_name="needs")
    what = models.CharField(_("What"), max_length=9, choices=What.choices)
    words = EncryptedTextField(null=True)
    state = models.CharField(max_length=7, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    applicant = models.ForeignKey(Applicant, on_delete=models.SET_NULL, null=True, related_name="+")
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("asked_at", "id")
        indexes = (models.Index(fields=("asked_at",), condition=Q(state__in=["asked", "taken"]), name="needs_open"),)

    def __str__(self) -> str:
        return f"need:{self.pk}"


class Trip(models.Model):
    """An allowed way out: to a test, to a doctor. What gates see meanwhile is no breach."""

    class Why(models.TextChoices):
        TEST = "test", _("To a test")
        DOCTOR = "doctor", _("To a doctor")
        MOVE = "move", _("To another place of quarantine")
        OTHER = "other", _("Something else")

    quarantine = models.ForeignKey(Quarantine, on_delete=models.CASCADE, related_name="trips")
    why = models.CharField(_("Why"), max_length=6, choices=Why.choices)
    since = models.DateTimeField(_("From"))
    until = models.DateTimeField(_("Until"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("since", "id")

    def __str__(self) -> str:
        return f"trip:{self.pk}"


class Breach(models.Model):
    """Seen at a gate though in quarantine. Staff learn it; the gate shows no more than its colour says anyway."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("a breach", "To be looked at")
        EXPLAINED = "explained", pgettext_lazy("a breach", "Explained")
        CONFIRMED = "confirmed", pgettext_lazy("a breach", "Confirmed")

    quarantine = models.ForeignKey(Quarantine, on_delete=models.CASCADE, related_name="breaches")
    gate = models.ForeignKey(Gate, on_delete=models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField()
    direction = models.CharField(max_length=3, choices=Gate.Direction.choices)
    noticed_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    words = EncryptedTextField(null=True)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (models.UniqueConstraint(fields=("quarantine", "gate", "at"), name="one_breach_of_a_passage"),)

    def __str__(self) -> str:
        return f"breach:{self.pk}"


class Release(models.Model):
    """Asked for by one, and done in the same moment, or by a second person where the rules want one.

    `evidence` is what the criteria found when it was asked for, and again when it was done; `rules` judged it.
    """

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("a release", "Waits for a second person")
        DONE = "done", pgettext_lazy("a release", "Released")
        REFUSED = "refused", pgettext_lazy("a release", "Turned down")
        TAKEN_BACK = "taken_back", pgettext_lazy("a release", "Taken back")

    class Timing(models.TextChoices):
        EARLY = "early", pgettext_lazy("a release", "before the end")
        IN_TIME = "in_time", pgettext_lazy("a release", "in time")
        LATE = "late", pgettext_lazy("a release", "late")

    quarantine = models.ForeignKey(Quarantine, on_delete=models.CASCADE, related_name="releases")
    state = models.CharField(max_length=10, choices=State.choices)
    timing = models.CharField(max_length=7, choices=Timing.choices)
    reason = models.CharField(max_length=30, blank=True)
    words = EncryptedTextField(null=True)
    rules = models.CharField(max_length=20)
    evidence = models.JSONField(default=list)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    second = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True)
    taken_back_for = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("quarantine",), condition=Q(state__in=["asked", "done"]), name="one_release_that_stands"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(second__isnull=True) | ~Q(second=models.F("asked_by")),
                name="nobody_seconds_the_own_release",
            ),
        )

    def __str__(self) -> str:
        return f"release:{self.pk}"


class Notice(models.Model):
    """The release notice (解除告知书). Its text is typeset anew whenever it is asked for; its number never changes."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="notices")
    """One that was lost or misused is revoked, and another one issued for the same release."""
    serial = models.BinaryField(max_length=8, unique=True)
    languages = models.JSONField(default=list)
    """In which it is printed unless somebody asks for others."""
    issued_at = models.DateTimeField()
    issuer = models.CharField(max_length=160)
    """As it stood then: the community, and the town."""
    revoked_at = models.DateTimeField(null=True)
    revoked_for = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"notice:{self.pk}"

from __future__ import annotations

import secrets
from typing import Final

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gatepass.centre.employers.models import Company
from gatepass.centre.people.addresses.models import Place as Building
from gatepass.centre.sending.models import Message
from gatepass.centre.sites.models import Community, Site

# Crockford's base 32 in small letters, without what is taken for another: an address that may be read out and typed.
_LETTERS: Final = "23456789abcdefghjkmnpqrstvwxyz"
_PERSON = settings.AUTH_USER_MODEL


def new_code() -> str:
    """8 letters, 39 bits: nobody finds a notice by trying, and nothing secret stands in it."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


class Kind(models.TextChoices):
    POSTER = "poster", _("Poster")
    NOTICE = "notice", pgettext_lazy("a text for residents", "Notice")
    LETTER = "letter", _("Open letter")
    CARD = "card", _("Phrase card for the gate")
    HANDBOOK = "handbook", _("Handbook")
    ANSWER = "answer", _("Answer to a question")
    """Approved, for whoever asks the same: title, the question; sentence and text, the answer (`answers`)."""


class State(models.TextChoices):
    """Of the text in one language. A published one that is edited begins anew; what is public stays until then."""

    DRAFT = "draft", _("Draft")
    TRANSLATED = "translated", _("Waits for review")
    REVIEWED = "reviewed", _("Reviewed")
    PUBLISHED = "published", _("Public")
    STALE = "stale", _("Out of date")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Change(models.TextChoices):
    SUBSTANCE = "substance", _("The substance: older translations are withdrawn")
    FORM = "form", _("Only the form (a slip of the pen): translations stay")


class Shown(models.TextChoices):
    """Where a text is met."""

    PAGE = "page", _("Public page")
    PHONE = "phone", _("Residents' pages")
    SCREEN = "screen", _("Screens at gates")
    MESSAGE = "message", _("Messages")


class Notice(models.Model):
    """One thing that is said to people, in up to five languages. Without site and community: to the whole town."""

    code = models.CharField(max_length=8, unique=True, default=new_code, editable=False)
    """Its public address: /n/CODE."""
    kind = models.CharField(_("Kind"), max_length=8, choices=Kind.choices)
    language = models.CharField(_("Written in"), max_length=10, choices=settings.LANGUAGES)
    community = models.ForeignKey(Community, on_delete=models.PROTECT, null=True, related_name="notices")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="notices")
    ready_made = models.CharField(max_length=40, blank=True)
    """Name of the finished text that it began as."""
    ends_at = models.DateTimeField(null=True)
    """From then on it says that it is over."""
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"notice:{self.pk}"


class Revision(models.Model):
    """The source text as it stood at one time. Never changed."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    short = models.CharField(max_length=300)
    body = models.TextField()
    change = models.CharField(max_length=9, choices=Change.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=("notice", "number"), name="one_revision_of_a_number"),)

    def __str__(self) -> str:
        return f"{self.notice_id}.{self.number}"


class Translation(models.Model):
    """The text in one language, as it is being worked on; the source's own language has one as well."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(_("Language"), max_length=10, choices=settings.LANGUAGES)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    """Of which source it is the translation."""
    title = models.CharField(_("Title"), max_length=120, blank=True)
    short = models.CharField(_("In one sentence"), max_length=300, blank=True)
    """On screens, as a text message, and aloud."""
    body = models.TextField(_("Text"), blank=True)
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.DRAFT)
    translator = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    """Empty: it came with gatepass."""
    reviewer = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    """What the reviewer wants to be changed."""
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("notice", "language"), name="one_text_of_a_language"),)
        indexes = (models.Index(fields=("state", "-changed_at"), name="translations_by_state"),)

    def __str__(self) -> str:
        return f"{self.notice_id} {self.language}"


class Edition(models.Model):
    """What the public is told in one language, from one moment to another. Never changed but for its end."""

    class Ended(models.TextChoices):
        REPLACED = "replaced", _("Replaced by a newer text")
        STALE = "stale", _("Withdrawn: the source has changed")
        WITHDRAWN = "withdrawn", _("Withdrawn with the notice")

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="editions")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="editions")
    title = models.CharField(max_length=120)
    short = models.CharField(max_length=300)
    body = models.TextField()
    translator = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    reviewer = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_for = models.CharField(max_length=9, choices=Ended.choices, blank=True)

    class Meta:
        ordering = ("-published_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("notice", "language"),
                condition=models.Q(ended_at__isnull=True),
                name="one_public_text_of_a_language",
            ),
        )

    def __str__(self) -> str:
        return f"edition:{self.pk}"


class Fallback(models.Model):
    """How often somebody was shown another language than theirs, because the notice is not there in theirs."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="fallbacks")
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    """That was wanted."""
    told_in = models.CharField(max_length=10, choices=settings.LANGUAGES)
    place = models.CharField(max_length=7, choices=Shown.choices)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ("-count", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("notice", "language", "told_in", "place"), name="one_count_of_a_language_and_place"
            ),
        )

    def __str__(self) -> str:
        return f"{self.notice_id} {self.language} {self.place}"


class TownTerm(models.Model):
    """A town's own word for a thing; before the shipped ones of `terms.toml`."""

    words = models.JSONField()
    """Language -> word."""
    avoid = models.JSONField(default=dict)
    """Language -> words that this town does not use for it."""
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"term:{self.pk}"


class Showing(models.Model):
    """The notice's sentence on the idle screens of gates, from one moment to another."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="showings")
    community = models.ForeignKey(Community, on_delete=models.PROTECT, null=True, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+")
    """At which gates; both empty: at all of the town's."""
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    """Taken down before its time."""
    by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("ends_at",), condition=models.Q(ended_at=None), name="showings_in_force"),)

    def __str__(self) -> str:
        return f"showing:{self.pk}"


class ScreensChanged(models.Model):
    """The outbox towards the gates: what their screens show is to be published anew."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"screens:{self.pk}"


class Broadcast(models.Model):
    """One notice as a text message or mail to everybody of a group. A worker sends it, piece by piece."""

    class State(models.TextChoices):
        RUNNING = "running", _("Being sent")
        DONE = "done", _("All queued")
        CANCELLED = "cancelled", _("Cancelled")

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="broadcasts")
    community = models.ForeignKey(Community, on_delete=models.PROTECT, null=True, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+")
    building = models.ForeignKey(Building, on_delete=models.PROTECT, null=True, related_name="+")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, null=True, related_name="+")
    """To whom: exactly one of the four, or none for the whole town."""
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, blank=True)
    """Only to those who prefer this language; empty: to all, each in their own."""
    state = models.CharField(_("State"), max_length=9, choices=State.choices, default=State.RUNNING)
    total = models.PositiveIntegerField()
    """People in the group when it began."""
    looked_at = models.PositiveIntegerField(default=0)
    queued = models.PositiveIntegerField(default=0)
    """Messages; two people with one telephone get one."""
    unreached = models.PositiveIntegerField(default=0)
    """People without a telephone or mailbox that we know of."""
    cursor = models.PositiveBigIntegerField(default=0)
    """The last resident who was looked at: moved in one transaction with the messages."""
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"broadcast:{self.pk}"

    @property
    def percent(self) -> int:
        return 100 if not self.total else min(100, 100 * self.looked_at // self.total)


class Told(models.Model):
    """Who has a message of a broadcast already, by the keyed hash of the address: nobody gets it twice."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="told")
    contact_hash = models.BinaryField(validators=[MaxLengthValidator(16)])
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("broadcast", "contact_hash"), name="told_of_a_broadcast_once"),)

    def __str__(self) -> str:
        return f"told:{self.pk}"

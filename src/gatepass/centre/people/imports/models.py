from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gatepass.centre.people.fields import EncryptedBytesField, EncryptedTextField
from gatepass.centre.people.models import Resident
from gatepass.centre.sites.models import Site


class Import(models.Model):
    """One uploaded list on its way. The state says who moves next: a person or the worker."""

    class Kind(models.TextChoices):
        RESIDENTS = "residents", _("Residents")
        PLACES = "places", _("Addresses")

    class State(models.TextChoices):
        MAPPING = "mapping", _("Columns to be confirmed")
        READING = "reading", _("Being read")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Ready for a look")
        RUNNING = "running", _("Being entered")
        STOPPED = "stopped", _("Stopped")
        DONE = "done", _("Entered into the registry")
        UNDOING = "undoing", _("Being undone")
        UNDONE = "undone", _("Undone")
        DROPPED = "dropped", _("Thrown away")

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.MAPPING)
    file_name = models.CharField(max_length=120)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+")
    """Where rows belong that name no site."""
    columns = models.JSONField(default=dict)
    """Field -> column of the file, from 0."""
    header = models.PositiveIntegerField(default=0)
    """Number of the row that holds the headings."""
    sheet = models.PositiveIntegerField(default=0)
    encoding = models.CharField(max_length=10, blank=True)
    preview = EncryptedTextField(null=True)
    """JSON: the first lines of the file, for the page on which columns are confirmed."""
    content = EncryptedBytesField(null=True)
    """The file itself, until its rows are entered or thrown away."""
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    """Rows that the worker has dealt with in the present state."""
    stop = models.BooleanField(default=False)
    """Somebody asked the worker to stop after the rows in hand."""
    founded = models.JSONField(default=list)
    """Households or places that came with the list: an undo removes those that are empty again."""
    created_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    """When the state changed last."""
    erased_at = models.DateTimeField(null=True)
    """When the rows were erased; the counts stay."""
    counts = models.JSONField(default=dict)
    """Outcome -> rows, kept when the rows are erased."""

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("state",), name="imports_by_state"),)

    def __str__(self) -> str:
        return f"import:{self.pk}"


# States in which the worker has something to do.
AT_WORK = (Import.State.READING, Import.State.CHECKING, Import.State.RUNNING, Import.State.UNDOING)


class Row(models.Model):
    """One line of a list: what it says, what was found, what somebody decided, what came of it."""

    class Finding(models.TextChoices):
        WAITING = "waiting", _("Not checked yet")
        READY = "ready", _("Ready")
        WRONG = "wrong", _("To be mended")
        ALIKE = "alike", _("Perhaps there already")
        KNOWN = "known", _("There already")

    class Choice(models.TextChoices):
        NONE = "", _("Undecided")
        SKIP = "skip", _("Leave out")
        LINK = "link", _("It is this person: add what is missing")
        CREATE = "create", _("It is somebody else: register")

    class Outcome(models.TextChoices):
        NONE = "", _("Not entered")
        CREATED = "created", _("Newly registered")
        LINKED = "linked", _("Added to somebody who was there")
        SKIPPED = "skipped", _("Left out")
        REFUSED = "refused", _("Could not be entered")
        UNDONE = "undone", _("Undone")
        KEPT = "kept", _("Could not be undone")

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    """As the spreadsheet counts it."""
    values = EncryptedTextField()
    """JSON: field -> text, as the file had it or as it was mended."""
    notes = models.JSONField(default=dict)
    """Field -> what the file itself spoiled (`spreadsheets.Line.notes`); a mended field has none."""
    faults = models.JSONField(default=list)
    """[[field, code, {…}]]: never what the cell says."""
    finding = models.CharField(max_length=8, choices=Finding.choices, default=Finding.WAITING)
    candidates = models.JSONField(default=list)
    """Primary keys of residents who may be the same person, the likeliest first."""
    twin = models.PositiveIntegerField(null=True)
    """The number of an earlier row of the list that may be the same person under another document."""
    choice = models.CharField(max_length=8, choices=Choice.choices, blank=True)
    target = models.ForeignKey(Resident, on_delete=models.SET_NULL, null=True, related_name="+")
    """The person whom a `link` means."""
    person_keys = models.BinaryField(null=True)
    """16 bytes for each document of the row."""
    first_key = models.BinaryField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    why = models.CharField(max_length=40, blank=True)
    """A code of `words.WHY`, where something could not be done."""
    resident = models.ForeignKey(Resident, on_delete=models.SET_NULL, null=True, related_name="import_rows")
    """Whom the row registered or was added to."""
    added = models.JSONField(default=dict)
    """What a link added: {"documents": [pk], "phones": [pk], "fields": [name], "revision": n}."""

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("batch", "number"), name="one_row_of_a_number"),)
        indexes = (
            models.Index(fields=("batch", "finding", "number"), name="rows_by_finding"),
            models.Index(fields=("batch", "outcome", "number"), name="rows_by_outcome"),
            models.Index(fields=("batch", "first_key"), name="rows_by_document"),
        )

    def __str__(self) -> str:
        return f"row:{self.pk}"


class Mapping(models.Model):
    """Which column meant what, the last time a list had these headings: the next one is understood at once."""

    kind = models.CharField(max_length=10, choices=Import.Kind.choices)
    headings = models.BinaryField()
    """BLAKE2b of the headings, 16 bytes."""
    columns = models.JSONField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("kind", "headings"), name="one_mapping_of_headings"),)

    def __str__(self) -> str:
        return f"mapping:{self.pk}"

from __future__ import annotations

from typing import Any, Never

from django.db import models


class EntryIsFinalError(Exception):
    """Somebody tried to change or delete an audit entry."""


class EntryQuerySet(models.QuerySet["Entry"]):
    def update(self, **_fields: Any) -> Never:
        raise EntryIsFinalError

    def delete(self) -> Never:
        raise EntryIsFinalError


class Entry(models.Model):
    """One line of the audit, written by `audit.actions.record` alone; triggers refuse change and deletion.

    `actor` and `name` are copied, not referenced: the entry outlives the account.
    """

    id = models.BigAutoField(primary_key=True)
    """Counts from 1 without gaps."""
    at = models.BigIntegerField(db_index=True)
    """Milliseconds since 1970 UTC."""
    actor = models.CharField(max_length=40)
    """`user:7`, `device:dev-…`, or `system`."""
    actor_name = models.CharField(max_length=120, blank=True)
    verb = models.CharField(max_length=60, db_index=True)
    """`noun:verb`, for example `resident:register`."""
    object = models.CharField(max_length=60, db_index=True)
    """`noun:id`, for example `resident:12`."""
    fields = models.JSONField(default=dict)
    previous = models.BinaryField()
    hash = models.BinaryField(unique=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("actor",), name="entries_of_an_actor"),
            models.Index(fields=("actor_name",), name="entries_of_a_name"),
        )

    def __str__(self) -> str:
        return f"{self.id} {self.verb} {self.object}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise EntryIsFinalError
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> Never:
        raise EntryIsFinalError


class Head(models.Model):
    """One row: the newest entry's id and hash. Its lock makes two writers take turns."""

    entry = models.BigIntegerField()
    hash = models.BinaryField()

    def __str__(self) -> str:
        return f"head:{self.entry}"

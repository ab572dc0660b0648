"""Migrating from nothing, without what makes it slow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import models
from django.db.migrations.state import ProjectState, StateApps
from django.db.migrations.utils import resolve_relation

Key = tuple[str, str]
"""Label of the app, name of the model in lower case."""


def rendering_what_is_touched(patch: pytest.MonkeyPatch) -> None:
    """`migrate` makes model classes of what an operation touches, and of what that refers to, when it asks for them.

    Django keeps classes of every model, and at each of three hundred operations makes those anew that it may have to do
    with, which is forty, since everything here refers to people, places and staff: nine tenths of the time. Left out
    are classes that only point *to* a table. The editor asks for them where a key changes its type; what it would do
    without them is not what `schema.sql` says, which Django's own way has written.
    """
    whole = ProjectState.clone

    def clone(state: ProjectState) -> ProjectState:
        before = whole(state)
        state.is_before, before.is_before = False, True
        return before

    patch.setattr(ProjectState, "clone", clone)
    patch.setattr(ProjectState, "apps", property(Touched))


class Touched:
    """Stands for the `apps` of a state: those asked for, and all if anything but one model is wanted."""

    def __init__(self, state: ProjectState) -> None:
        self._state = state
        self._rendered = StateApps([], {})

    def get_model(self, label: str, name: str | None = None) -> type[models.Model]:
        key: Any = (label, name) if name else label.split(".")
        wanted = set(self._needed_by((key[0], key[1].lower())))
        there = {(app, each) for app, found in self._rendered.all_models.items() for each in found}
        with pytest.MonkeyPatch.context() as patch:
            if getattr(self._state, "is_before", False):
                # Columns stand in the order in which their fields were made, and an altered one was made last.
                patch.setattr(models.Field, "creation_counter", 0)
            self._rendered.render_multiple([self._state.models[each] for each in sorted(wanted - there)])
        return self._rendered.get_model(*key)

    def _needed_by(self, key: Key, seen: set[Key] | None = None) -> Iterator[Key]:
        seen = set() if seen is None else seen
        if key in seen or key not in self._state.models:
            return
        seen.add(key)
        yield key
        state = self._state.models[key]
        related = [field.remote_field for field in state.fields.values() if field.remote_field]
        ends = [each.model for each in related] + [getattr(each, "through", None) for each in related]
        for end in [*ends, *(base for base in state.bases if isinstance(base, str))]:
            if end:
                yield from self._needed_by(resolve_relation(end, *key), seen)

    def __getattr__(self, name: str) -> Any:
        whole = self.__dict__.setdefault("_whole", StateApps(self._state.real_apps, self._state.models))
        return getattr(whole, name)

from __future__ import annotations

from gatepass.centre.privacy.contract import Counts, Person, delete_where
from gatepass.centre.volunteers.models import Ask, Hours, Task, Volunteer


def erase(person: Person) -> Counts:
    """Their offer, what they were asked, and every task that is about them or names them."""
    named = [task.pk for task in Task.objects.iterator(chunk_size=2000) if person.is_named_in(str(task.words))]
    return {**delete_where(Ask, Ask.objects.filter(task__in=named).values_list("pk", flat=True)),
            **person.delete(Ask, Hours, Volunteer, Task), **delete_where(Task, named)}  # fmt: skip

from __future__ import annotations

from gatepass.centre.people.photos.models import Photo, PhotoConsent
from gatepass.centre.privacy.contract import Counts, Person


def erase(person: Person) -> Counts:
    return person.delete(Photo, PhotoConsent)

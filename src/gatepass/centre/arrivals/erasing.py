from __future__ import annotations

from gatepass.centre.arrivals.models import Journey, Proof, Stay, Traveller
from gatepass.centre.privacy.contract import Counts, Person, delete_where


def erase(person: Person) -> Counts:
    """The person's part of each registration; what is left without anybody goes with it.

    Others of the same registration keep theirs. Where their words name the person, the words go.
    """
    mine = Traveller.objects.filter(person.rows_of(Traveller))
    touched = set(mine.values_list("journey", flat=True)) | set(
        Journey.objects.filter(person.rows_of(Journey)).values_list("pk", flat=True)
    )
    links = Stay.travellers.through.objects.filter(traveller__in=mine)
    counts = delete_where(Stay.travellers.through, list(links.values_list("pk", flat=True)))
    counts |= person.delete(Proof, Traveller)
    lonely = Stay.objects.filter(journey__in=touched, travellers=None)
    counts |= delete_where(Stay, list(lonely.values_list("pk", flat=True)))
    empty = Journey.objects.filter(pk__in=touched, travellers=None)
    counts |= delete_where(Journey, list(empty.values_list("pk", flat=True)))
    emptied = Journey.objects.filter(person.rows_of(Journey)).update(applicant=None, phone=None)
    for stay in Stay.objects.exclude(companions=None):
        if person.is_named_in(str(stay.companions)):
            emptied += Stay.objects.filter(pk=stay.pk).update(companions=None)
    for journey in Journey.objects.exclude(explanation=None, address=None, phone=None):
        words = {name: getattr(journey, name) for name in ("explanation", "address", "phone")}
        named = [name for name, said in words.items() if said and person.is_named_in(str(said))]
        if named:
            emptied += Journey.objects.filter(pk=journey.pk).update(**dict.fromkeys(named))
    return counts | {"arrivals.emptied": emptied}

from __future__ import annotations

import time
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from tests.cast import LI, STRANGER, SUN, WANG

from gatepass.centre import updates as town_updates
from gatepass.centre.codes.actions import Grading, import_colours, set_colour
from gatepass.centre.codes.models import DirectoryChange
from gatepass.centre.codes.publication import Publication, PublishingThread
from gatepass.centre.people.actions import Registration, import_residents, register_resident
from gatepass.centre.sites.actions import create_community, create_site
from gatepass.demo.town import people
from gatepass.directory.errors import DirectoryError
from gatepass.directory.publishing import Publisher
from gatepass.policy import Advice, Colour

WITHOUT_COLOUR = (None, Advice.APPLY)


@pytest.fixture
def publication(updates) -> Publication:
    return Publication(town_updates.publisher())


def key_of(resident) -> bytes:
    return bytes(resident.documents.get().person_key)


def state_of(publication: Publication, resident):
    directory = publication.publisher.directory
    assert directory is not None
    return directory.look_up(key_of(resident))


@pytest.mark.django_db
def test_the_first_round_publishes_everybody(register, publication) -> None:
    wang, li = register(WANG), register(LI)
    set_colour(None, wang, Colour.GREEN)
    publication.tick()
    assert publication.publisher.version == 1
    assert state_of(publication, wang) == (Colour.GREEN, Advice.NONE)
    assert state_of(publication, li) == WITHOUT_COLOUR
    assert not DirectoryChange.objects.exists()


@pytest.mark.django_db
def test_a_town_without_residents_publishes_an_empty_directory(db, publication) -> None:
    publication.tick()
    assert publication.publisher.version == 1


@pytest.mark.django_db
def test_changes_follow_and_a_quiet_round_publishes_nothing(register, publication) -> None:
    wang = register(WANG)
    publication.tick()
    publication.tick()
    assert publication.publisher.version == 1
    set_colour(None, wang, Colour.RED, advice=Advice.VISIT_OFFICE)
    sun = register(SUN)
    publication.tick()
    assert publication.publisher.version == 2
    assert state_of(publication, wang) == (Colour.RED, Advice.VISIT_OFFICE)
    assert state_of(publication, sun) == WITHOUT_COLOUR


@pytest.mark.django_db
def test_somebody_who_is_gone_is_taken_out(register, publication) -> None:
    wang = register(WANG)
    publication.tick()
    key = key_of(wang)
    wang.delete()
    DirectoryChange.objects.create(person_key=key, queued_at=timezone.now())
    publication.tick()
    assert publication.publisher.directory.look_up(key) is None


@pytest.mark.django_db
def test_a_code_runs_out_on_time_by_itself(register, publication) -> None:
    wang = register(WANG)
    soon = timezone.now() + timedelta(minutes=5)
    set_colour(None, wang, Colour.GREEN, valid_until=soon)
    publication.tick()
    with time_machine.travel(soon + timedelta(seconds=1)):
        publication.tick()
    assert state_of(publication, wang) == (None, Advice.DECLARE)


@pytest.mark.django_db
def test_a_crash_between_publishing_and_unqueueing_does_no_harm(register, publication, monkeypatch) -> None:
    wang = register(WANG)
    publication.tick()
    set_colour(None, wang, Colour.YELLOW)
    with monkeypatch.context() as patch:
        patch.setattr("gatepass.centre.codes.publication.DirectoryChange.objects.filter", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publication.tick()
    version = publication.publisher.version
    publication.tick()
    assert publication.publisher.version == version
    assert not DirectoryChange.objects.exists()
    assert state_of(publication, wang) == (Colour.YELLOW, Advice.NONE)


@pytest.mark.django_db
def test_what_could_not_be_published_stays_queued(register, publication, monkeypatch) -> None:
    wang = register(WANG)
    publication.tick()
    set_colour(None, wang, Colour.YELLOW)

    def full(*_words) -> int:
        raise DirectoryError("storage")

    with monkeypatch.context() as patch:
        patch.setattr(Publisher, "publish_changes", full)
        with pytest.raises(DirectoryError):
            publication.tick()
    assert DirectoryChange.objects.count() == 1
    publication.tick()
    assert state_of(publication, wang) == (Colour.YELLOW, Advice.NONE)


@pytest.mark.django_db
def test_the_directory_is_stated_anew_twice_a_minute(register, publication, monkeypatch) -> None:
    publication.tick()
    before = publication.publisher.as_of
    moment = time.monotonic()
    monkeypatch.setattr("gatepass.centre.codes.publication.time.monotonic", lambda: moment + 31)
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        publication.tick()
    assert publication.publisher.version == 1
    assert publication.publisher.as_of - before >= timedelta(seconds=30)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_colour_change_is_published_within_a_second_and_a_half_and_one_publisher_works(updates) -> None:
    site = create_site(None, create_community(None, "c"), "s")
    everybody = import_residents([Registration(p.document, site=site.pk) for p in people(1500) if p.registered])
    import_colours([(resident, Grading(Colour.GREEN, "C")) for resident in everybody])
    publisher = town_updates.publisher()
    first, second = PublishingThread(), PublishingThread()
    first.start()
    second.start()
    try:
        until(lambda: publisher.version >= 1, 20)
        slowest = 0.0
        for resident in everybody[:5]:
            version, started = publisher.version, time.monotonic()
            set_colour(None, resident, Colour.RED, "A1", Advice.VISIT_OFFICE)
            until(lambda before=version: publisher.version > before, 5)
            slowest = max(slowest, time.monotonic() - started)
        assert slowest <= 1.5
        stranger = register_resident(None, Registration(STRANGER.document, site=site.pk))
        until(lambda: publisher.directory.look_up(key_of(stranger)) == WITHOUT_COLOUR, 5)
    finally:
        first.stop()
        second.stop()
    assert publisher.directory.look_up(key_of(everybody[0])) == (Colour.RED, Advice.VISIT_OFFICE)


@pytest.mark.slow
@pytest.mark.django_db
def test_ten_thousand_people_are_imported_and_published(updates, publication) -> None:
    site = create_site(None, create_community(None, "c"), "s")
    town = [person for person in people(10_000) if person.registered]
    residents = import_residents([Registration(person.document, site=site.pk) for person in town])
    import_colours(
        [
            (resident, Grading(person.colour, "C", person.advice))
            for resident, person in zip(residents, town, strict=True)
        ]
    )
    publication.tick()
    directory = publication.publisher.directory
    for resident, person in list(zip(residents, town, strict=True))[::500]:
        assert directory.look_up(key_of(resident)) == (person.colour, person.advice)


def until(condition, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)

"""Whoever types a part of a name finds everybody who has it, by the index and by nothing else."""

from __future__ import annotations

import pytest
from tests.cast import LI, SUN, WANG

from gatepass.centre.people import access
from gatepass.centre.people.access import matching, named
from gatepass.centre.people.actions import change_resident
from gatepass.centre.people.merges.actions import merge, unmerge
from gatepass.centre.people.models import NamePart, Resident
from gatepass.centre.people.name_index import index_again
from gatepass.centre.people.name_parts import parts_of, sought
from gatepass.identity.names import Name

pytestmark = pytest.mark.django_db


def called(town, full: str, latin: str = "", preferred: str = "") -> Resident:
    from django.utils import timezone

    now = timezone.now()
    one = Resident.objects.create(
        site=town.estate, full_name=full, latin_name=latin, preferred_name=preferred, registered_at=now, changed_at=now
    )
    index_again(one)
    return one


def test_a_character_is_a_part_and_words_of_letters_are_cut_into_threes() -> None:
    assert parts_of(Name("王小红")) == {"王", "小", "红"}
    assert parts_of(Name("", "Wang Li")) == {"wan", "ang", "^w", "^wa", "^l", "^li"}
    assert parts_of(Name("김민준", preferred="MJ")) == {"김", "민", "준", "^m", "^mj"}
    assert parts_of(Name("")) == set()


@pytest.mark.parametrize(
    ("words", "parts", "exact"),
    [
        ("王", ("王",), True),
        (" 小红 ", ("小", "红"), False),
        ("Wang", ("ang", "wan"), False),
        ("wa", ("^wa",), True),
        ("w li", ("^li",), False),
        ("王 w", ("王",), False),
        ("·", (), False),
        ("", (), False),
    ],
)
def test_what_is_typed_is_cut_alike(words: str, parts: tuple[str, ...], exact: bool) -> None:
    assert (sought(words).parts, sought(words).exact) == (parts, exact)


@pytest.mark.parametrize("few", [access.FEW, 0])
def test_a_list_holds_whoever_has_the_part_in_the_order_of_names(town, monkeypatch, few) -> None:
    """Also where so many have it that the list is read from the index (`few` 0)."""
    monkeypatch.setattr(access, "FEW", few)
    for name in ("王小红", "李小", "红小王", "王红小", "Ann Wong", "Wong Ann"):
        called(town, name)
    called(town, "김민준", "KIM MINJUN", "Minnie")

    def listed(words: str, *, beginning: bool = False) -> list[str]:
        found = [one.full_name for one in named(Resident.objects.all(), words, beginning=beginning)]
        assert set(found) == {one.full_name for one in Resident.objects.filter(matching(words, beginning=beginning))}
        return found

    assert listed("小") == ["李小", "王小红", "王红小", "红小王"]
    assert listed("小红") == ["王小红"]
    assert listed("王") == ["王小红", "王红小", "红小王"]
    assert listed("王", beginning=True) == ["王小红", "王红小"]
    assert listed("ONG A") == ["Wong Ann"]
    assert listed("minj") == ["김민준"]
    assert listed("nnie") == ["김민준"]
    assert listed("k") == ["김민준"]
    assert listed("in") == []
    assert listed("王李") == []


def test_few_are_also_found_by_their_whole_name_in_another_script(town) -> None:
    both = {called(town, "欧阳娜"), called(town, "Na Ouyang")}
    called(town, "欧阳红")
    assert set(named(Resident.objects.all(), "Ouyang Na")) == both


def test_who_is_renamed_merged_or_parted_is_found_as_what_they_are_called_now(town, register) -> None:
    wang, li, sun = register(WANG), register(LI), register(SUN)

    def found(words: str) -> set[int]:
        return {one.pk for one in named(Resident.objects.filter(merged_into__isnull=True), words)}

    change_resident(None, wang, {"full_name": "欧阳娜"})
    assert (found("秀"), found("欧阳")) == (set(), {wang.pk})
    made = merge(None, li, sun)
    assert not NamePart.objects.filter(resident=sun).exists()
    unmerge(None, made)
    assert found(SUN.name) == {sun.pk}

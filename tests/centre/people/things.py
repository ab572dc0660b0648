"""One of each thing that a page of people can name, near and far, for the table of URLs and roles."""

from __future__ import annotations

import io
from typing import Any

from django.utils import timezone
from PIL import Image
from tests.cast import SUN, ZHAO, number
from tests.centre.people.imports.lists import as_csv

from gatepass.centre.accounts.models import User
from gatepass.centre.people.actions import Registration, register_resident
from gatepass.centre.people.addresses.actions import enter_places
from gatepass.centre.people.households.actions import found_household, move_household
from gatepass.centre.people.imports import actions as imports
from gatepass.centre.people.imports import work
from gatepass.centre.people.merges.actions import merge
from gatepass.centre.people.models import Resident
from gatepass.centre.people.photos.actions import consent_to_photo, keep_photo
from gatepass.centre.people.saved import save_filter
from gatepass.identity import Document, DocumentKind, Holder

Words = dict[str, Any]

_OF_A_RESIDENT = (
    *("resident_change", "resident_document_add", "resident_household", "resident_photo", "resident_photo_file"),
    *("resident_photo_withdraw", "resident_protection", "resident_merge"),
)
_OF_A_LIST = (
    *("import", "import_progress", "import_map", "import_decide", "import_run", "import_stop", "import_undo"),
    *("import_drop", "import_left"),
)
KINDS = {
    **dict.fromkeys(_OF_A_RESIDENT, "resident"),
    **dict.fromkeys(_OF_A_LIST, "import"),
    **{name: name for name in ("resident_document_retire", "resident_merge_with", "resident_unmerge", "import_row")},
    **{name: name for name in ("household", "filter_drop")},
    **dict.fromkeys(("place", "place_remove"), "place"),
}


def small_picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "grey").save(out, "JPEG")
    return out.getvalue()


def somebody(name: str, digits: str) -> Document:
    return Document(DocumentKind.OTHER, "CHN", digits, Holder(native_name=name))


def things_of_people(near: Resident, far: Resident, by: User) -> dict[str, tuple[Words, Words]]:
    return {
        kind: (one, other) for kind, one, other in zip(_KEYS, _of(near, by, "1"), _of(far, by, "2"), strict=True)
    } | {"filter_drop": ({"saved_filter": save_filter(by, "x", {}, shared=False).pk}, {})}


_KEYS = (
    "resident_document_retire",
    "resident_merge_with",
    "resident_unmerge",
    "household",
    "place",
    "import",
    "import_row",
)


def _of(person: Resident, by: User, mark: str) -> list[Words]:
    site = person.site
    other, half = (
        register_resident(None, Registration(somebody(f"{name}{mark}", f"Z{mark}{place}00"), site=site.pk))
        for place, name in enumerate((SUN.name, ZHAO.name))
    )
    made = merge(None, person, half)
    consent_to_photo(None, person, manner="signed", given_on=timezone.localdate())
    keep_photo(None, person, small_picture())
    household = found_household(None, site, f"H{mark}")
    move_household(None, other, household, "head")
    (building,) = enter_places(None, site, [(f"{mark}幢", "", "")])
    rows = [("陈玉兰", number("330102", "19500101", f"10{mark}"))]
    batch = imports.upload(by, "residents", "list.csv", as_csv(rows, ("姓名", "证件号码")), site)
    imports.map_columns(by, batch, batch.columns, site)
    work.work_off()
    resident = {"resident": person.pk}
    return [
        resident | {"document": person.documents.order_by("pk")[0].pk},
        resident | {"other": other.pk},
        resident | {"merged": made.pk},
        {"household": household.pk},
        {"place": building.pk},
        {"batch": batch.pk},
        {"batch": batch.pk, "number": 2},
    ]

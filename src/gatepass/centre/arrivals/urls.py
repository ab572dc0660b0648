from __future__ import annotations

from django.urls import path

from gatepass.centre.arrivals.sides import PHONE, STAFF, Side
from gatepass.centre.arrivals.views import board, steps


def _steps(side: Side, root: str) -> list:
    one = f"{root}<int:journey>/"
    pages = (
        ("_new", f"{root}new/", steps.begin),
        ("", one, steps.overview),
        ("_person_new", f"{one}people/new/", steps.person),
        ("_person", f"{one}people/<int:traveller>/", steps.person),
        ("_stay_new", f"{one}stays/new/", steps.stay),
        ("_stay", f"{one}stays/<int:stay>/", steps.stay),
        ("_way", f"{one}way/", steps.way),
        ("_where", f"{one}where/", steps.where),
        ("_proof_new", f"{one}papers/new/", steps.proof),
    )
    return [path(where, steps.on(side, view), name=f"{side.prefix}{page}") for page, where, view in pages]


urlpatterns = [
    path("my/arrival/", steps.on(PHONE, steps.home), name="my_arrivals"),
    *_steps(PHONE, "my/arrival/"),
    path("arrivals/", board.arrivals, name="arrivals"),
    path("arrivals/export/", board.arrivals_export, name="arrivals_export"),
    *_steps(STAFF, "arrivals/"),
    path("arrivals/<int:journey>/acknowledge/", board.arrival_acknowledge, name="arrival_acknowledge"),
    path("arrivals/<int:journey>/people/<int:traveller>/here/", board.arrival_here, name="arrival_here"),
    path("arrivals/<int:journey>/papers/<int:proof>/", board.proof_check, name="proof_check"),
    path("arrivals/<int:journey>/papers/<int:proof>/file/", board.proof_file, name="proof_file"),
]

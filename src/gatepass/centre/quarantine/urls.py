from __future__ import annotations

from django.urls import path

from gatepass.centre.quarantine.views import care, cases, own, public, releases

urlpatterns = [
    path("quarantine/", cases.quarantines, name="quarantines"),
    path("quarantine/export/", cases.quarantines_export, name="quarantines_export"),
    path("quarantine/<int:quarantine>/", cases.quarantine_page, name="quarantine"),
    path("quarantine/today/", care.quarantine_today, name="quarantine_today"),
    path("quarantine/gate/", care.quarantine_gate, name="quarantine_gate"),
    path("quarantine/<int:quarantine>/report/", care.quarantine_report, name="quarantine_report"),
    path("quarantine/<int:quarantine>/care/", care.quarantine_care, name="quarantine_care"),
    path("quarantine/<int:quarantine>/explain/", cases.explain, name="quarantine_explain"),
    path("quarantine/<int:quarantine>/amend/", cases.amend, name="quarantine_amend"),
    path("quarantine/<int:quarantine>/close/", cases.close, name="quarantine_close"),
    path("quarantine/<int:quarantine>/release/", releases.quarantine_release, name="quarantine_release"),
    path(
        "quarantine/<int:quarantine>/release/answer/",
        releases.quarantine_release_answer,
        name="quarantine_release_answer",
    ),
    path("quarantine/<int:quarantine>/take-back/", releases.quarantine_take_back, name="quarantine_take_back"),
    path("quarantine/<int:quarantine>/order.pdf", releases.quarantine_order, name="quarantine_order"),
    path("quarantine/<int:quarantine>/notice.pdf", releases.quarantine_notice, name="quarantine_notice"),
    path("verify/", public.notice_check, name="notice_check"),
    path("verify/<str:text>/", public.notice_shown, name="notice_shown"),
    path("my/people/<int:resident>/needs/", own.my_need, name="my_need"),
    path("my/people/<int:resident>/order.pdf", own.my_order, name="my_order"),
    path("my/people/<int:resident>/notice.pdf", own.my_notice, name="my_notice"),
    path("residents/<int:resident>/quarantine/new/", cases.quarantine_new, name="quarantine_new"),
    path("my/report/", own.my_quarantine_report, name="my_quarantine_report"),
    path("my/people/<int:resident>/quarantine/", own.my_quarantine, name="my_quarantine"),
]

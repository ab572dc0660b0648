from __future__ import annotations

from django.urls import path

from gatepass.centre.phone import views

urlpatterns = [
    path("my/", views.my, name="my"),
    path("my/worker.js", views.my_worker, name="my_worker"),
    path("my/manifest.json", views.my_manifest, name="my_manifest"),
    path("my/waiting/", views.my_waiting, name="my_waiting"),
    path("my/offline/", views.my_offline, name="my_offline"),
    path("my/apply/", views.my_apply, name="my_apply"),
    path("my/applications/<int:application>/withdraw/", views.my_withdraw, name="my_withdraw"),
    path("my/invitation/<str:token>/", views.my_invitation, name="my_invitation"),
    path("my/people/<int:resident>/", views.my_person, name="my_person"),
    path("my/people/<int:resident>/history/", views.my_history, name="my_history"),
    path("my/people/<int:resident>/declare/", views.my_declare, name="my_declare"),
    path("my/people/<int:resident>/objection/", views.my_appeal, name="my_appeal"),
    path("my/people/<int:resident>/paper/", views.my_paper, name="my_paper"),
    path("my/people/<int:resident>/family/", views.my_invite, name="my_invite"),
    path("my/people/<int:resident>/grant/", views.my_grant, name="my_grant"),
]

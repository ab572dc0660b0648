from __future__ import annotations

from django.urls import path

from gatepass.centre.applicants import views

urlpatterns = [
    path("my/enter/", views.enter, name="my_enter"),
    path("my/enter/code/", views.code, name="my_code"),
    path("my/enter/passkey/", views.passkey_enter, name="my_passkey_enter"),
    path("my/passkeys/add/", views.passkey_add, name="my_passkey_add"),
    path("my/account/", views.account, name="my_account"),
    path("my/leave/", views.leave, name="my_leave"),
]

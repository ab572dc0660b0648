from __future__ import annotations

from django.urls import path

from gatepass.centre.verifications import views

urlpatterns = [path("my/check/", views.my_check, name="my_check")]

from __future__ import annotations

from django.urls import path

from gatepass.centre.webpush import views

urlpatterns = [
    path("my/told/", views.my_told, name="my_told"),
    path("my/told/subscribe/", views.my_told_subscribe, name="my_told_subscribe"),
    path("told/", views.told, name="told"),
    path("told/subscribe/", views.told_subscribe, name="told_subscribe"),
    path("told/worker.js", views.told_worker, name="told_worker"),
]

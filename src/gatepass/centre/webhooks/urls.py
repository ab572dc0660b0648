from __future__ import annotations

from django.urls import path

from gatepass.centre.webhooks import views

urlpatterns = [
    path("webhooks/", views.webhooks, name="webhooks"),
    path("webhooks/export.csv", views.webhooks_export, name="webhooks_export"),
    path("webhooks/<int:webhook>/", views.webhook, name="webhook"),
    path("webhooks/<int:webhook>/export.csv", views.webhook_export, name="webhook_export"),
    path("webhooks/<int:webhook>/change/", views.webhook_change, name="webhook_change"),
    path("webhooks/<int:webhook>/step/", views.webhook_step, name="webhook_step"),
    path("webhooks/<int:webhook>/replay/", views.webhook_replay, name="webhook_replay"),
]

from __future__ import annotations

from django.urls import path

from gatepass.centre.sending import views

urlpatterns = [
    path("messages/", views.messages, name="messages"),
    path("messages/export.csv", views.messages_export, name="messages_export"),
    path("messages/<int:message>/again/", views.message_again, name="message_again"),
]

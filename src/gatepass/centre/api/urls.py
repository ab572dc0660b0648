from __future__ import annotations

from django.urls import path

from gatepass.centre.api import views
from gatepass.centre.api.door import api

urlpatterns = [
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/export.csv", views.tokens_export, name="tokens_export"),
    path("tokens/<int:token>/revoke/", views.token_revoke, name="token_revoke"),
    path("api/v1/openapi.json", views.api_description, name="api_description"),
    path("api/v1/", api.urls),
]

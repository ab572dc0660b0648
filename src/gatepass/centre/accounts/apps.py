from __future__ import annotations

from django.apps import AppConfig
from django.contrib.contenttypes.management import create_contenttypes
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "gatepass.centre.accounts"

    def ready(self) -> None:
        # Rights are `roles` and grants here; of Django's own permissions, four for each model, nobody would ever ask.
        post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
        post_migrate.disconnect(create_contenttypes)

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from gatepass.centre.accounts.roles import Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, full_name: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username), full_name=full_name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Someone who works with the staff site. Rights come from `grants` alone; there is no superuser flag."""

    username = models.CharField(_("User name"), max_length=60, unique=True)
    full_name = models.CharField(_("Full name"), max_length=120)
    language = models.CharField(
        _("Language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    objects = UserManager()

    class Meta:
        ordering = ("full_name", "id")

    def __str__(self) -> str:
        return self.full_name

    @cached_property
    def granted(self) -> list[Grant]:
        """Read once a request: the user object lives that long."""
        return list(self.grants.all())

    @cached_property
    def rights(self) -> tuple[object, ...]:
        """Who this is and what was granted: where these are equal, the user reaches the same."""
        grants = ((one.role, one.community_id, one.site_id, *one.languages) for one in self.granted)
        return self.pk, self.is_active, *grants


class Grant(models.Model):
    """One role of one person, for the whole town, one community, or one site."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(_("Role"), max_length=20, choices=Role.choices)
    community = models.ForeignKey("sites.Community", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    site = models.ForeignKey("sites.Site", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    languages = models.JSONField(default=list, blank=True)
    """Of an interpreter: codes of the languages in which they may be called; none: in all. Empty for other roles."""

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(community__isnull=True) | models.Q(site__isnull=True), name="one_scope_at_most"
            ),
            models.UniqueConstraint(fields=("user", "role", "community", "site"), name="granted_once"),
        )

    def __str__(self) -> str:
        return f"{self.user_id}:{self.role}"


class StaffSession(models.Model):
    """Where a member of staff is logged in: for their own list, and to end it. The session itself is Django's."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=60, blank=True)
    """Browser and system in two words, as the browser calls itself. No network address is kept."""
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    """Its last page, to some minutes."""

    class Meta:
        ordering = ("-seen_at",)

    def __str__(self) -> str:
        return f"staffsession:{self.pk}"


class StaffInvitation(models.Model):
    """A link by which a member of staff chooses a password, once. The link is not kept, only its hash."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.BinaryField(max_length=32, unique=True)
    made_by_name = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"staffinvitation:{self.pk}"


class FactorReset(models.Model):
    """An administrator has asked that somebody's second factors go; another one has to confirm it."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="factor_reset")
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_by_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"factorreset:{self.pk}"


class LoginFailure(models.Model):
    """Wrong passwords of one name from one address: after a few, both wait. Rows go after a success or a day."""

    username = models.CharField(max_length=60)
    address = models.GenericIPAddressField(null=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = (models.Index(fields=("username", "at"), name="failures_of_a_name"),)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%dT%H:%M:%SZ}"

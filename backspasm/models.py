"""Who can sign in. No name and no birth date is ever asked for."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users; e-mail addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account. Raises ValueError without an address; no password means none can be used."""
        if not email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an administrator who may use Django admin without limits."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """An account: an e-mail address to sign in with, and nothing else about the person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True, max_length=254)
    is_staff = models.BooleanField(_("may use the admin"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.email


class StaffMember(User):
    """An account as administrators see it in the admin: somebody who may edit. No table of its own."""

    class Meta:
        proxy = True
        verbose_name = _("editor")
        verbose_name_plural = _("editors")


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Events are added and, when they are old, forgotten; never changed."""

    def update(self, **kwargs: Any) -> int:
        """Refuse. Raises TypeError."""
        raise TypeError("The audit log is only added to.")

    def about(self, user: "User") -> "AuditEventQuerySet":
        """Events of one person's account, newest first."""
        return self.filter(subject=user.pk).order_by("-at")


class AuditEvent(models.Model):
    """One thing that was done to an account or a record. Holds ids only, so it outlives the account as a pseudonym."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(_("when"))
    event = models.CharField(_("event"), max_length=60)
    actor = models.UUIDField(_("by account"), null=True)  # None: nobody was signed in, or an operator at the machine
    subject = models.UUIDField(_("about account"), null=True)
    kind = models.CharField(_("kind of record"), max_length=60, blank=True)
    object_id = models.CharField(_("record"), max_length=60, blank=True)
    result = models.CharField(_("result"), max_length=20, default="ok")

    objects: ClassVar[Any] = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit log")
        indexes: ClassVar = [
            # Serves a person's own last 90 days.
            models.Index(fields=["subject", "-at"], name="audit_of_a_person"),
            # Serves the deletion after 12 months and the list in the admin.
            models.Index(fields=["-at"], name="audit_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.event}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add it. Raises TypeError where it exists already."""
        if not self._state.adding:
            raise TypeError("The audit log is only added to.")
        super().save(*args, **kwargs)

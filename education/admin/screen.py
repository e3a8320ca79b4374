"""What every screen about one working copy needs: the row, its addresses, and the frame of Django admin."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.admin import AdminSite
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backspasm.models import User
from education.editing import working_copies
from education.models import Publishable


@dataclass(frozen=True)
class Screen:
    """One working copy on one screen."""

    row: Publishable
    site: AdminSite

    @property
    def kind(self) -> str:
        """The stored word for its kind."""
        return working_copies.kind_of(type(self.row))

    @property
    def key(self) -> str:
        """Its stable key."""
        return self.row.key

    def url(self, action: str = "change") -> str:
        """Return the address of a screen about this working copy."""
        return address(type(self.row), str(self.row.pk), action)

    @property
    def compare_url(self) -> str:
        """The address where two wordings are compared."""
        return self.url("compare")

    @property
    def history_url(self) -> str:
        """The address of every wording there was."""
        return self.url("history")

    @property
    def set_aside_url(self) -> str:
        """The address that takes new wording from a release off the work list."""
        return self.url("set_aside")

    @property
    def restore_url(self) -> str:
        """The address that takes an old wording up again."""
        return self.url("restore_draft")

    def context(self, request: HttpRequest, title: str, **more: Any) -> dict[str, Any]:
        """Return what Django admin's own templates need around a screen, and ``more``."""
        return {
            **self.site.each_context(request),
            "opts": self.row._meta,
            "original": self.row,
            "title": title,
            "screen": self,
            "change_url": self.url(),
            "list_url": reverse(f"admin:{name_of(type(self.row), 'changelist')}"),
            **more,
        }


SHOW_OR_DO: Final = ["GET", "HEAD", "POST"]  # a form: shown, and taken
ScreenView = Callable[[HttpRequest, Screen], HttpResponse]


def name_of(model: type[Model], action: str) -> str:
    """Return the name of an address of a model's screens, without the namespace."""
    return f"{model._meta.app_label}_{model._meta.model_name}_{action}"


def address(model: type[Model], pk: str, action: str = "change") -> str:
    """Return the address of one row's screen."""
    return reverse(f"admin:{name_of(model, action)}", args=[pk])


def address_of(kind: str, key: str, action: str = "change") -> str:
    """Return the address of the screen of a working copy, or of the list where there is no such working copy."""
    model = working_copies.WORKING_COPIES[kind]
    row = working_copies.row_of(kind, key)
    return address(model, str(row.pk), action) if row else reverse(f"admin:{name_of(model, 'changelist')}")


def browser_token(request: HttpRequest) -> str:
    """Return what a draft kept in the browser is named after: the same for one editor, and no secret."""
    return hashlib.sha256(str(editor(request).pk).encode()).hexdigest()[:16]


def editor(request: HttpRequest) -> User:
    """Return who is signed in; AdminSite lets nobody else in."""
    assert isinstance(request.user, User)  # noqa: S101  # for the type checker: AdminSite has checked it
    return request.user

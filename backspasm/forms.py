"""The account library's forms in this site's words: one password field, one hint, one way to stay signed in."""

from typing import Any

from allauth.account import forms
from allauth.core import context
from allauth.mfa.webauthn.forms import AddWebAuthnForm as LibraryAddWebAuthnForm
from allauth.mfa.webauthn.forms import LoginWebAuthnForm as LibraryLoginWebAuthnForm
from django.contrib.auth.hashers import make_password
from django.forms import fields
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backspasm import session_policy
from backspasm.models import User

KEEP_LABEL = _("Keep me signed in on this phone")
KEEP_HINT = _("Leave it empty on a device that other people use.")
PASSWORD_HINT = _("At least 15 characters. A few words that only you would put together work well.")


class LoginForm(forms.LoginForm):  # type: ignore[misc]
    """Sign-in; the way to a new password stands below the form, not between its fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        self.fields["remember"].label = KEEP_LABEL
        self.fields["remember"].help_text = KEEP_HINT
        self.fields["remember"].initial = True

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> Any:
        """Sign in; whose device it is decides how long that lasts."""
        session_policy.choose(request.session, is_shared=not self.cleaned_data["remember"])
        answer = super().login(request, redirect_url)
        if isinstance(request.user, User):
            # The library has just given the cookie a life of its own.
            session_policy.refit(request.session, request.user, now=timezone.now())
        return answer


class RequestLoginCodeForm(forms.RequestLoginCodeForm):  # type: ignore[misc]
    """Sign-in with a mailed code, which asks whose device it is too."""

    remember = fields.BooleanField(label=KEEP_LABEL, help_text=KEEP_HINT, initial=True, required=False)

    def clean(self) -> dict[str, Any] | None:
        """Note the answer where the sign-in, some steps later, will find it."""
        cleaned: dict[str, Any] | None = super().clean()
        if not self.errors:
            session_policy.choose(context.request.session, is_shared=not self.cleaned_data["remember"])
        return cleaned


class SignupForm(forms.SignupForm):  # type: ignore[misc]
    """A new account, which asks whose device it is too."""

    remember = fields.BooleanField(label=KEEP_LABEL, help_text=KEEP_HINT, initial=True, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HINT
        self.order_fields([*(name for name in self.fields if name != "remember"), "remember"])

    def try_save(self, request: HttpRequest) -> tuple[Any, Any]:
        """Save the account, or take as long as if it had been saved where the address already has one.

        The sign-in, which follows the mailed code, finds in the session whose device it is.
        """
        session_policy.choose(request.session, is_shared=not self.cleaned_data["remember"])
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        user_and_response: tuple[Any, Any] = super().try_save(request)
        return user_and_response


class ChangePasswordForm(forms.ChangePasswordForm):  # type: ignore[misc]
    """The old password and one field for the new one: it can be pasted, and mended by mail."""

    password2 = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].help_text = ""
        self.fields["oldpassword"].label = _("Password you have now")
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = PASSWORD_HINT


class SetPasswordForm(forms.SetPasswordForm):  # type: ignore[misc]
    """A first password."""

    password2 = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HINT


class ResetPasswordKeyForm(forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password after the old one was forgotten."""

    password2 = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = PASSWORD_HINT


class ReauthenticateForm(forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class AddWebAuthnForm(LibraryAddWebAuthnForm):  # type: ignore[misc]
    """A passkey, which signs in by itself, or a security key beside the password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of this key")
        self.fields["passwordless"].label = _("Let it sign me in without a password")
        self.fields["passwordless"].help_text = _("It must then ask for a fingerprint, a face or a PIN.")


class LoginWebAuthnForm(LibraryLoginWebAuthnForm):  # type: ignore[misc]
    """Sign-in with a passkey; the page's script copies the tick of the form above it."""

    remember = fields.BooleanField(required=False)

    def clean(self) -> dict[str, Any] | None:
        """Note whose device it is where the sign-in will find it."""
        cleaned: dict[str, Any] | None = super().clean()
        if not self.errors:
            session_policy.choose(context.request.session, is_shared=not self.cleaned_data["remember"])
        return cleaned

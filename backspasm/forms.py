"""The account library's forms in this site's words: one password field, one hint, one way to stay signed in."""

from typing import Any

from allauth.account import forms
from allauth.mfa.webauthn.forms import AddWebAuthnForm as LibraryAddWebAuthnForm
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

PASSWORD_HINT = _("At least 15 characters. A few words that only you would put together work well.")


class LoginForm(forms.LoginForm):  # type: ignore[misc]
    """Sign-in; the way to a new password stands below the form, not between its fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        self.fields["remember"].label = _("Keep me signed in on this device")
        self.fields["remember"].help_text = _("Leave it empty on a device that other people use.")


class SignupForm(forms.SignupForm):  # type: ignore[misc]
    """A new account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = PASSWORD_HINT

    def try_save(self, request: HttpRequest) -> tuple[Any, Any]:
        """Save the account, or take as long as if it had been saved where the address already has one."""
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

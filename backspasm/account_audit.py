"""Writes what the account library reports into the audit log: sign-in, sign-out, password, second factor, address."""

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as mfa_signals
from allauth.usersessions.models import UserSession
from django.contrib.auth import signals as auth_signals
from django.db.models.signals import pre_save
from django.dispatch import Signal
from django.utils import timezone

from backspasm import audit, own_sessions
from backspasm.models import User

_OF_A_PERSON: tuple[tuple[Signal, str, str], ...] = (
    (account_signals.user_logged_in, "account.signed_in", "ok"),
    (auth_signals.user_logged_out, "account.signed_out", "ok"),
    (account_signals.password_changed, "password.changed", "ok"),
    (account_signals.password_set, "password.set", "ok"),
    (account_signals.password_reset, "password.reset", "ok"),
    (account_signals.email_changed, "email.changed", "ok"),
    (account_signals.login_code_rejected, "account.sign_in_failed", "refused"),
    (mfa_signals.authentication_failed, "account.sign_in_failed", "refused"),
    (mfa_signals.authenticator_added, "mfa.added", "ok"),
    (mfa_signals.authenticator_removed, "mfa.removed", "ok"),
    (mfa_signals.authenticator_reset, "mfa.codes_renewed", "ok"),
)


def connect() -> None:
    """Listen to the library; called once, when the apps are ready."""
    for signal, event, result in _OF_A_PERSON:
        signal.connect(_recorder(event, result), weak=False, dispatch_uid=f"audit.{event}.{id(signal)}")
    auth_signals.user_login_failed.connect(_sign_in_failed, dispatch_uid="audit.user_login_failed")
    auth_signals.user_logged_out.connect(own_sessions.forget, dispatch_uid="own_sessions.forget")
    pre_save.connect(own_sessions.keep_little, sender=UserSession, dispatch_uid="own_sessions.keep_little")


def _recorder(event: str, result: str) -> Any:
    def record(sender: Any, user: User | None = None, **kwargs: Any) -> None:
        if user is None:
            return  # somebody whose session was over signed out
        is_the_person = result == "ok"
        audit.record(
            event=event,
            now=timezone.now(),
            actor=user.pk if is_the_person else None,
            subject=user.pk,
            result=result,
        )

    return record


def _sign_in_failed(sender: Any, **kwargs: Any) -> None:
    """Note the try and nothing of the address: whether it has an account must not show, not even here."""
    audit.record(event="account.sign_in_failed", now=timezone.now(), actor=None, subject=None, result="refused")

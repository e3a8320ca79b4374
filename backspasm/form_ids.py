"""The id made with a page's form: it tells a form sent twice from two forms, and one person's form from another's."""

import uuid
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.core.signing import BadSignature, Signer

from backspasm.models import User

FIELD_NAME: Final = "form_id"
_SALT: Final = "backspasm.form_ids"
_SEPARATOR: Final = "."


def new_form_id(user: User) -> str:
    """Return the value of a page's hidden field: a new id, and a signature that binds it to the user."""
    form_id = str(uuid.uuid4())
    return f"{form_id}{_SEPARATOR}{_signature(form_id, user)}"


def read_form_id(value: str, user: User | AnonymousUser) -> uuid.UUID | None:
    """Return the id that was made for this user, or None for one that is missing, changed or another person's."""
    form_id, _, signature = value.partition(_SEPARATOR)
    if not user.is_authenticated or len(form_id) != len(str(uuid.UUID(int=0))):
        return None
    try:
        Signer(salt=_SALT).unsign(f"{_signed_text(form_id, user)}:{signature}")
        return uuid.UUID(form_id)
    except (BadSignature, ValueError):
        return None


def _signed_text(form_id: str, user: User | AnonymousUser) -> str:
    return f"{form_id}{_SEPARATOR}{user.pk}"


def _signature(form_id: str, user: User) -> str:
    return Signer(salt=_SALT).signature(_signed_text(form_id, user))

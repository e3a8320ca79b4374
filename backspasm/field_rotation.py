"""Seals everything anew under the newest key, so that an old key can be taken from the ring."""

from collections.abc import Iterator
from typing import Any, Final

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models, transaction

from backspasm.field_encryption import Sealed, is_current
from backspasm.sealed_fields import SealedTextField

_BATCH: Final = 500
_SECRETS_OF_A_FACTOR: Final = ("secret", "seed")


def sealed_columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Return every model with sealed columns, and their names."""
    for model in apps.get_models():
        names = [field.name for field in model._meta.get_fields() if isinstance(field, SealedTextField)]  # noqa: SLF001
        if names:
            yield model, names


def rotate() -> int:
    """Seal anew what an older key sealed; return how many rows changed. Harmless when run twice or interrupted.

    Raises CannotUnseal where a key that is still needed is missing from the ring.
    """
    return sum(_rotate_rows(model, names) for model, names in sealed_columns()) + _rotate_factors()


def _rotate_rows(model: type[models.Model], names: list[str]) -> int:
    manager: Any = model._default_manager  # noqa: SLF001
    changed = 0
    last = None
    while True:
        rows = manager.order_by("pk") if last is None else manager.order_by("pk").filter(pk__gt=last)
        with transaction.atomic():  # the rows are locked, so a patient's newer words are never overwritten
            batch = list(rows.select_for_update()[:_BATCH])
            for row in batch:
                old = [name for name in names if _is_old(row.__dict__[name])]
                if old:
                    row.save(update_fields=old)
                    changed += 1
        if not batch:
            return changed
        last = batch[-1].pk


def _is_old(value: object) -> bool:
    return isinstance(value, Sealed) and not is_current(value)


def _rotate_factors() -> int:
    """Seal anew the secrets of second factors, which the accounts library keeps in a JSON column."""
    adapter = get_adapter()
    changed = 0
    with transaction.atomic():
        for factor in Authenticator.objects.select_for_update():
            old = [name for name in _SECRETS_OF_A_FACTOR if name in factor.data and not is_current(factor.data[name])]
            if old:
                factor.data |= {name: adapter.encrypt(adapter.decrypt(factor.data[name])) for name in old}
                factor.save(update_fields=["data"])
                changed += 1
    return changed

"""The project as an app: it owns the User."""

from django.apps import AppConfig


class BackspasmConfig(AppConfig):
    """Registers the system checks of the whole site."""

    name = "backspasm"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"

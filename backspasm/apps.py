"""The project as an app: it owns the User."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as StockAdminConfig
from django.core.checks import register

from backspasm import checks


class BackspasmConfig(AppConfig):
    """Registers the system checks of the whole site."""

    name = "backspasm"
    verbose_name = "Accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let `manage.py check` say what the operator should still set."""
        register(checks.operator_is_named)
        register(checks.mail_is_sent)
        # Its signals' models exist only when the apps are ready.
        import_module("backspasm.account_audit").connect()


class AdminConfig(StockAdminConfig):
    """Django admin behind the site's own sign-in."""

    default = False
    default_site = "backspasm.admin_site.AdminSite"

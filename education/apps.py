"""The public half of the site."""

from django.apps import AppConfig


class EducationConfig(AppConfig):
    """Reviewed articles, their protocol and their editions."""

    name = "education"
    default_auto_field = "django.db.models.BigAutoField"

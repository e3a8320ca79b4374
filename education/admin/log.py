"""Notes in Django admin's own log what was done on a screen of ours."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model
from django.http import HttpRequest

from education.admin.screen import editor


def note(request: HttpRequest, row: Model, sentence: str, flag: int = CHANGE) -> None:
    """Write one line: who did what to which row. The sentence holds no text of the content."""
    LogEntry.objects.log_actions(
        user_id=editor(request).pk,
        queryset=type(row)._default_manager.filter(pk=row.pk),
        action_flag=flag,
        change_message=sentence,
        single_object=True,
    )

"""The work lists on the first page of the admin."""

from typing import Any

from django import template
from django.utils import timezone

from backspasm.models import User
from education.admin import work

register = template.Library()


@register.inclusion_tag("admin/education/work_lists.html")
def work_lists(user: Any) -> dict[str, Any]:
    """Print what waits for this person."""
    may_look = isinstance(user, User) and user.has_perm("education.view_article")
    return {"lists": work.work_lists(user, timezone.now()) if may_look else []}

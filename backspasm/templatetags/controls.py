"""What the form template pack needs beyond Django's own tags."""

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def control(field: BoundField) -> SafeString:
    """Return the field's native control in the site's look, without placeholder: a hint stands above it instead."""
    classes = f"in {field.field.widget.attrs.get('class', '')}".strip()
    return field.as_widget(attrs={"class": classes, "placeholder": False})

"""How differences between two wordings are told on a screen."""

from django import template

from education.editor_words import WORDS

register = template.Library()


@register.filter
def alert_words(alert: str) -> str:
    """Return what an editor reads for an alert of ``comparing``: 'not or never' for 'negation'."""
    return WORDS.get(f"alert.{alert}", alert)

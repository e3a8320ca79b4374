"""The field in which editors write rich text: the editor of django-prose-editor, held to what ``richtext`` allows.

The textarea is the field; the script only helps to fill it, so without script it holds HTML. What comes back is not
to be trusted either way: ``richtext.clean`` reads it. The library's own widget is not used: it brings an import map
and a style element, and each would need a hash of its own in the content security policy.
"""

from typing import Any, ClassVar

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.widgets import MediaAsset, Script
from django.utils.html import format_html
from django.utils.safestring import SafeString


class RichTextWidget(forms.Textarea):
    """A textarea of HTML inside ``<rich-text>``. Its label and its hints are read by the editor too."""

    class Media:
        js: ClassVar[list[MediaAsset]] = [Script("js/editor/rich_text.js", type="module")]
        css: ClassVar[dict[str, list[str]]] = {"all": ["css/editor.css"]}

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """Return the textarea in the element that enhances it."""
        return format_html("<rich-text>{}</rich-text>", super().render(name, value, attrs, renderer))

    def use_required_attribute(self, initial: Any) -> bool:
        """Never: the editor hides the textarea, and a browser cannot point at an empty field that is hidden."""
        return False

"""The rich-text field as HTML: a textarea that works alone, and what enhances it."""

from django import forms

from education.rich_text_widget import RichTextWidget


class Section(forms.Form):
    body = forms.CharField(label="Text", help_text="A paragraph or two.", widget=RichTextWidget())


def test_without_script_the_field_is_a_labelled_textarea_with_escaped_html() -> None:
    html = Section({"body": "<p>Ice & heat</p>"}).as_p()

    assert '<label for="id_body">' in html
    assert "<rich-text><textarea" in html
    assert "&lt;p&gt;Ice &amp; heat&lt;/p&gt;</textarea></rich-text>" in html
    assert 'aria-describedby="id_body_helptext"' in html


def test_the_browser_does_not_demand_what_it_cannot_point_at() -> None:
    assert " required" not in str(Section()["body"])


def test_script_and_sheet_come_from_our_own_files_without_an_import_map() -> None:
    media = str(Section().media)

    assert 'type="module"' in media
    assert "js/editor/rich_text" in media
    assert "css/editor" in media
    assert "importmap" not in media

"""The controls of the tracker's forms: named, tied to their errors, and never chosen before the patient chooses."""

from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template import engines

from tests.environment import ROOT
from tracker.widgets import (
    ANSWERS,
    BACK_REGIONS,
    AnswerRow,
    BackMap,
    ChangeList,
    Chips,
    FunctionKeys,
    ManyChips,
    PainKeys,
)

TRIGGERS = [("lifting", "Lifting"), ("other", "Something else")]
WRONG = {
    "pain": "11",
    "ability": "x",
    "change": "9",
    "sign": "perhaps",
    "when": "never",
    "places": ["ear"],
    "did": ["q"],
}
NAMES = tuple(WRONG)
PAGE = (
    "{% extends 'tracker/base.html' %}{% load crispy_forms_tags %}"
    "{% block content %}<h1>Form</h1>{{ form|crispy }}{% endblock %}"
)


class EveryControl(forms.Form):
    """One field with each widget."""

    ability = forms.IntegerField(
        label="Tying my <laces>", min_value=0, max_value=10, required=False, widget=FunctionKeys
    )
    pain = forms.IntegerField(label="Pain", help_text="A guess is fine.", min_value=0, max_value=10, widget=PainKeys)
    change = forms.IntegerField(label="Change", min_value=1, max_value=7, required=False, widget=ChangeList)
    sign = forms.ChoiceField(label="A sign", choices=ANSWERS, required=False, widget=AnswerRow)
    when = forms.ChoiceField(label="When", choices=[("", "---------"), *TRIGGERS], required=False, widget=Chips)
    places = forms.MultipleChoiceField(label="Where", choices=BACK_REGIONS, required=False, widget=BackMap)
    did = forms.MultipleChoiceField(label="What", choices=TRIGGERS, required=False, widget=ManyChips)


def page(form: forms.Form) -> str:
    """Return a whole screen with the form."""
    return str(engines["django"].from_string(PAGE).render({"form": form}))


def tree(form: forms.Form) -> Element:
    """Return the parsed screen; tag names carry no namespace."""
    return html5lib.parse(page(form), namespaceHTMLElements=False)


def inputs(form: forms.Form) -> list[Element]:
    """Return all radios and checkboxes of the form, in their order."""
    return [element for element in tree(form).iter("input") if element.get("type") in {"radio", "checkbox"}]


def group(form: forms.Form, name: str) -> Element:
    """Return the fieldset of one field."""
    return next(element for element in tree(form).iter("fieldset") if element.get("id") == f"id_{name}")


def words(element: Element) -> str:
    """Return the text of an element and all in it, with single spaces."""
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize("data", [None, {}, WRONG], ids=["new", "empty", "wrong"])
def test_a_screen_of_controls_is_well_formed(data: dict[str, Any] | None) -> None:
    parser = html5lib.HTMLParser(strict=True)

    parser.parse(page(EveryControl(data)))

    assert parser.errors == []


def test_every_id_stands_once() -> None:
    ids = [element.attrib["id"] for element in tree(EveryControl(WRONG)).iter() if "id" in element.attrib]

    assert len(ids) == len(set(ids))


def test_nothing_is_chosen_before_the_patient_chooses() -> None:
    chosen = [element.get("value") for element in inputs(EveryControl()) if "checked" in element.attrib]

    assert chosen == []


def test_what_was_chosen_stays_chosen() -> None:
    form = EveryControl({"pain": "0", "ability": "10", "sign": "not_sure", "places": ["neck", "calf_right"]})

    chosen = {(element.get("name"), element.get("value")) for element in inputs(form) if "checked" in element.attrib}

    assert chosen == {
        ("pain", "0"), ("ability", "10"), ("sign", "not_sure"), ("places", "neck"), ("places", "calf_right"),
    }  # fmt: skip


def test_every_control_has_one_label_with_words() -> None:
    screen = tree(EveryControl())
    labels = [element.get("for") for element in screen.iter("label") if words(element)]

    unnamed = [element.get("id") for element in inputs(EveryControl()) if labels.count(element.get("id")) != 1]

    assert unnamed == []


@pytest.mark.parametrize("name", NAMES)
def test_a_group_says_its_question_first(name: str) -> None:
    fieldset = group(EveryControl(), name)

    assert fieldset[0].tag == "legend"
    assert words(fieldset[0]).startswith(str(EveryControl.base_fields[name].label))


@pytest.mark.parametrize("name", NAMES)
def test_an_error_is_tied_to_its_group(name: str) -> None:
    fieldset = group(EveryControl(WRONG), name)

    error = next(element for element in fieldset.iter() if element.get("id") == f"id_{name}_error")

    assert f"id_{name}_error" in fieldset.attrib["aria-describedby"].split()
    assert words(error).startswith("Error: ")


def test_a_hint_is_tied_to_its_group() -> None:
    fieldset = group(EveryControl(), "pain")

    hint = next(element for element in fieldset.iter() if element.get("id") == "id_pain_helptext")

    assert fieldset.attrib["aria-describedby"] == "id_pain_helptext"
    assert words(hint) == "A guess is fine."


def test_the_summary_of_errors_leads_to_each_group() -> None:
    screen = tree(EveryControl(WRONG))
    summary = next(element for element in screen.iter("div") if element.get("role") == "alert")

    targets = {element.get("href") for element in summary.iter("a")}

    assert targets == {f"#id_{name}" for name in NAMES}


def test_pain_has_eleven_keys_and_both_ends_are_named() -> None:
    labels = [words(element) for element in group(EveryControl(), "pain").iter("label")]

    assert labels == ["0 no pain", *(str(number) for number in range(1, 10)), "10 worst you can imagine"]


def test_function_says_that_higher_is_better() -> None:
    fieldset = group(EveryControl(), "ability")

    labels = [words(element) for element in fieldset.iter("label")]

    assert (labels[0], labels[-1]) == ("0 cannot do it", "10 as before the pain")
    assert "A higher number is better." in words(fieldset)


def test_answers_stand_in_their_order_and_without_a_word_about_being_optional() -> None:
    fieldset = group(EveryControl(), "sign")

    assert [words(element) for element in fieldset.iter("label")] == ["Yes", "Not sure", "No"]
    assert words(fieldset[0]) == "A sign"


def test_the_empty_choice_of_a_model_is_not_printed() -> None:
    assert [words(element) for element in group(EveryControl(), "when").iter("label")] == ["Lifting", "Something else"]


def test_the_back_map_offers_each_region_once_in_three_named_bands() -> None:
    fieldset = group(EveryControl(), "places")
    names = {element.get("id"): words(element) for element in fieldset.iter("p")}

    bands = [names[element.get("aria-labelledby")] for element in fieldset.iter() if element.get("role") == "group"]

    assert bands == ["Upper", "Middle", "Lower"]
    assert [element.get("value") for element in fieldset.iter("input")] == [code for code, _label in BACK_REGIONS]


def test_the_picture_of_the_back_is_an_extra_for_those_who_see_it() -> None:
    fieldset = group(EveryControl(), "places")
    picture = next(element for element in fieldset.iter() if element.get("class") == "fig")
    boxes = {element.get("id") for element in fieldset.iter("input")}

    targets = {element.get("for") for element in picture.iter("label")}

    assert picture.get("aria-hidden") == "true"
    assert targets == boxes


@pytest.mark.parametrize("code", [code for code, _label in BACK_REGIONS])
def test_every_region_is_drawn_and_lights_up_when_its_box_is_ticked(code: str) -> None:
    sheet = (ROOT / "static/css/tracker/back.css").read_text()

    drawn = page(EveryControl())

    assert drawn.count(f'class="r-{code}"') == 1
    assert f'.pick:has([value="{code}"]:checked) .r-{code} path:not(.tick)' in sheet
    assert f'.pick:has([value="{code}"]:checked) .r-{code} .tick' in sheet


def test_words_of_the_patient_are_printed_as_text() -> None:
    assert "Tying my &lt;laces&gt;" in page(EveryControl())


def test_values_come_back_as_numbers() -> None:
    form = EveryControl({"pain": "0", "ability": "", "change": "7"})

    assert form.is_valid(), form.errors
    assert (form.cleaned_data["pain"], form.cleaned_data["ability"], form.cleaned_data["change"]) == (0, None, 7)


def test_a_form_with_a_layout_prints_the_same_controls() -> None:
    helper = FormHelper()
    helper.form_tag = False
    helper.layout = Layout(Div("pain", css_class="q"))

    printed = render_crispy_form(EveryControl(), helper=helper)

    assert printed.count("<label") == 11
    assert 'class="field scale"' in printed

"""What an attack on a form is made of: the page's own controls, hostile values for each, and what must hold after."""

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal
from urllib.parse import urlencode

import html5lib
from django.test import Client
from django.utils.html import escape

from tracker.models import PatientRow

Kind = Literal["text", "number", "choice", "many", "tick", "moment", "hidden", "press", "button"]
Expected = Literal["refused", "accepted", "either"]
Sent = Mapping[str, list[str]]

# Stands in everything that is typed here: wherever it turns up, a patient's words would.
MARK: Final = "Zq7typedword"
SCRIPT: Final = "<script>alert('Zq7')</script>"
LONG: Final = f"{MARK} " + "x" * 10_240
HUGE: Final = str(10**30)
LONE_SURROGATE: Final = "\ud800"
_KINDS: Final[Mapping[str, Kind]] = {
    "radio": "choice",
    "select": "choice",
    "button": "button",
    "date": "moment",
    "time": "moment",
    "number": "number",
    "hidden": "hidden",
}
_PARTS: Final = ("_day", "_time")

# Texts of less than 100 characters, as the shortest field takes; each says what has to come of it.
TEXTS: Final[Mapping[str, tuple[str, Expected]]] = {
    "html": (f'{MARK} {SCRIPT}"><img src=x onerror=alert(1)>', "accepted"),
    "template syntax": (f"{MARK} {{{{ 7|add:7 }}}} {{% now 'Y' %}} %s %(x)s ${{x}} {{x}}", "accepted"),
    "emoji": (f"{MARK} 👩🏽‍⚕️🏴󠁧󠁢󠁳󠁣󠁴󠁿", "accepted"),
    "bidi marks": (f"\u202e\u2066{MARK}\u200f\u061c", "accepted"),
    "zero width inside": (f"{MARK}\u200b\u2060\ufeff\u00ad.", "accepted"),
    "letters of three scripts": (f"{MARK} e\u0301ßİ \u0646\u0635 中文", "accepted"),
    "formula": (f'=HYPERLINK("http://x.example/";"{MARK}")', "accepted"),
    "number": (HUGE, "either"),
    "NUL": (f"{MARK}\x00x", "either"),
    "control characters": (f"{MARK}\x01\x08\x0b\x1b[2J\x7f\x85\x9f\ufffe\uffff", "either"),
    "line separators": (f"{MARK}\r\n.\r.\u2028.\u2029.", "either"),
    "lone surrogate": (f"{MARK}{LONE_SURROGATE}x", "either"),
    "10 kB": (LONG, "refused"),
}
NUMBERS: Final[Mapping[str, tuple[str, Expected]]] = {
    "a word": (f"{MARK}<b>", "refused"),
    "minus one": ("-1", "refused"),
    "fraction": ("5.5", "refused"),
    "fraction with a comma": ("5,5", "refused"),
    "exponent": ("1e1", "refused"),
    "not a number": ("nan", "refused"),
    "infinity": ("Infinity", "refused"),
    "huge": (HUGE, "refused"),
    "thousands of digits": ("9" * 6000, "refused"),
    "hexadecimal": ("0x5", "refused"),
    "NUL": ("5\x00", "refused"),
    "10 kB": (LONG, "refused"),
    "Arabic digit": ("٣", "either"),
    "wide digit": ("１", "either"),
    "superscript": ("²", "refused"),
    "lone surrogate": (LONE_SURROGATE, "refused"),
}
CHOICES: Final[Mapping[str, tuple[str, Expected]]] = {
    "unknown": (f"{MARK}<b>", "refused"),
    "out of range": ("11", "refused"),
    "wide digit": ("１", "either"),
    "NUL": ("yes\x00", "refused"),
    "10 kB": (LONG, "refused"),
    "lone surrogate": (LONE_SURROGATE, "refused"),
}
# Day and time on a clock in Paris. The day of the tests is 20 November 2030, 13:00.
MOMENTS: Final[Mapping[str, tuple[tuple[str, str], Expected]]] = {
    "in an hour": (("2030-11-20", "14:00"), "refused"),
    "tomorrow": (("2030-11-21", "00:00"), "refused"),
    "the last day of all": (("9999-12-31", "23:59"), "refused"),
    "a year of five digits": (("10000-01-01", "12:00"), "refused"),
    "before 1900": (("1899-12-31", "23:59"), "refused"),
    "the first day of all": (("0001-01-01", "00:00"), "refused"),
    "day nought": (("0000-00-00", "12:00"), "refused"),
    "31 February": (("2030-02-31", "12:00"), "refused"),
    "29 February of a common year": (("2030-02-29", "12:00"), "refused"),
    "24:00": (("2030-11-19", "24:00"), "refused"),
    "25:61": (("2030-11-19", "25:61"), "refused"),
    "the hour that was skipped": (("2030-03-31", "02:30"), "refused"),
    "the hour that was repeated": (("2030-10-27", "02:30"), "either"),
    "a day without a time": (("2030-11-19", ""), "refused"),
    "a time without a day": (("", "12:00"), "refused"),
    "words": ((f"{MARK}<b>", f"{MARK}<b>"), "refused"),
    "a huge number": ((HUGE, HUGE), "refused"),
    "NUL": (("2030-11-19\x00", "12:00"), "refused"),
    "lone surrogate": ((LONE_SURROGATE, LONE_SURROGATE), "refused"),
    "10 kB": ((LONG, "12:00"), "refused"),
    "the first day that is taken": (("1900-01-01", "00:00"), "either"),
    "Arabic digits": (("٢٠٣٠-١١-١٩", "١٢:٠٠"), "either"),
}
HIDDEN: Final[Mapping[str, tuple[str, Expected]]] = {
    "garbage": (f"{MARK}<b>", "either"),
    "NUL": ("\x00", "either"),
    "10 kB": (LONG, "either"),
    "lone surrogate": (LONE_SURROGATE, "either"),
    "empty": ("", "either"),
}
# Named like columns, none of which a form may write.
EXTRA_ID: Final = uuid.UUID("dddddddd-0000-4000-8000-00000000dddd")
EXTRA_TEXT: Final = "1999-09-09 09:09"
EXTRA_IDS: Final = (
    "id",
    "pk",
    "user",
    "user_id",
    "episode",
    "episode_id",
    "consent",
    "check_in",
    "activity",
    "medicine",
)
EXTRA_TEXTS: Final = (
    *("ended_at", "created_at", "changed_at", "moved_on_at", "recovered_at", "put_away_at", "set_up_at", "seen_at"),
    *("is_complete", "is_timed", "was_shortened", "is_staff", "is_superuser", "edition", "step_key", "kind"),
    *("position", "token_hash", "expires_at", "close_offered_at", "pain_span", "protocol_number", "version_of"),
)


@dataclass
class Control:
    """One question of a form: a moment's two inputs are one, and so are radios of one name."""

    name: str
    kind: Kind
    value: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    least: int | None = None
    most: int | None = None
    is_required: bool = False


@dataclass(frozen=True)
class Attack:
    """One value, or several, in place of what a browser would send."""

    name: str
    control: Control
    sent: Mapping[str, list[str]]
    expected: Expected = "either"
    # Others that get the same at once: refused, each of them must be named.
    beside: tuple[Control, ...] = ()


def controls_of(html: str, *names: str) -> dict[str, Control]:
    """Return the controls of the form of a page that holds ``names``; of several, the one with most."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    forms = [_controls(form) for form in tree.iter("form") if form.get("method", "").lower() == "post"]
    fitting = [found for found in forms if set(names) <= set(found)]
    return max(fitting, key=len, default={})


def _controls(form: Any) -> dict[str, Control]:
    found: dict[str, Control] = {}
    for element in form.iter():
        name = element.get("name", "")
        if element.tag not in {"input", "textarea", "select", "button"} or name in {"", "csrfmiddlewaretoken"}:
            continue
        kind = _kind_of(element)
        if kind == "moment":
            name = name.removesuffix("_day").removesuffix("_time")
        control = found.setdefault(name, Control(name, kind))
        _note(control, element)
    for control in found.values():
        if control.kind == "button" and len(control.options) > 1:
            control.kind = "press"
    return found


def _kind_of(element: Any) -> Kind:
    if element.tag != "input":
        return _KINDS.get(element.tag, "text")
    if element.get("type") == "checkbox":
        return "many" if element.get("value", "on") != "on" else "tick"
    return _KINDS.get(element.get("type", "text"), "text")


def _note(control: Control, element: Any) -> None:
    value = element.get("value", "")
    control.is_required = control.is_required or element.get("required") is not None
    if element.tag == "select":
        control.options = [option.get("value", "") for option in element.iter("option")]
        control.value = [one.get("value", "") for one in element.iter("option") if one.get("selected") is not None]
    elif element.tag == "button":
        control.options.append(value)
    elif element.get("type") in {"radio", "checkbox"}:
        control.options.append(value)
        control.value += [value] if element.get("checked") is not None else []
    elif element.tag == "textarea":
        control.value = [(element.text or "").removeprefix("\n")]
    else:
        control.value.append(value)
        limits = (element.get("min"), element.get("max"))
        control.least, control.most = (int(one) if one else None for one in limits)


def as_sent(control: Control, values: Iterable[str]) -> dict[str, list[str]]:
    """Return what a browser sends for a control that holds ``values``."""
    if control.kind == "moment":
        return {f"{control.name}{part}": [value] for part, value in zip(_PARTS, values, strict=True)}
    return {control.name: list(values)}


def attacks_on_all(controls: Iterable[Control]) -> Iterator[Attack]:
    """Yield every attack on every control; what many choices and numbers must all refuse is sent to them at once."""
    together: dict[str, Attack] = {}
    for attack in (attack for control in controls for attack in attacks_on(control)):
        key = f"{attack.control.kind} / {attack.name}"
        if attack.expected != "refused" or attack.control.kind not in {"choice", "number"}:
            yield attack
        elif key in together:
            first = together[key]
            beside = (*first.beside, attack.control)
            together[key] = replace(first, sent={**first.sent, **attack.sent}, beside=beside)
        else:
            together[key] = attack
    yield from together.values()


def attacks_on(control: Control) -> Iterator[Attack]:
    """Yield every attack on one control."""
    if control.kind == "moment":
        for name, (pair, expected) in MOMENTS.items():
            yield Attack(name, control, as_sent(control, pair), expected)
        yield Attack("twice", control, {key: ["2030-11-19", MARK] for key in as_sent(control, ("", ""))})
    else:
        for name, (value, expected) in _values(control).items():
            yield Attack(name, control, {control.name: [value]}, expected)
        yield Attack("twice", control, {control.name: [*control.options[:1], MARK, HUGE]})
    empty = as_sent(control, ("", "") if control.kind == "moment" else ("",))
    must_be_there = control.is_required and control.kind != "hidden"
    yield Attack("empty", control, empty, "refused" if must_be_there else "either")
    yield Attack("missing", control, {key: [] for key in empty}, "refused" if must_be_there else "either")
    if control.kind == "text":
        blank: Expected = "refused" if must_be_there else "either"
        yield Attack("spaces", control, {control.name: [" \t\u00a0\u3000 "]}, blank)
        yield Attack("nothing that can be seen", control, {control.name: ["\u200b\u2060\ufeff\u200f"]}, blank)


def _values(control: Control) -> Mapping[str, tuple[str, Expected]]:
    if control.kind == "number":
        beyond: dict[str, tuple[str, Expected]] = {}
        if control.most is not None:
            beyond["one too many"] = (str(control.most + 1), "refused")
        if control.least is not None:
            beyond["one too few"] = (str(control.least - 1), "refused")
        return {**NUMBERS, **beyond}
    if control.kind == "choice" and {"1", "2", "3"} <= set(control.options):
        return {**NUMBERS, "one too many": (str(max(map(int, filter(None, control.options))) + 1), "refused")}
    return {"text": TEXTS, "hidden": HIDDEN, "tick": HIDDEN, "button": HIDDEN}.get(control.kind, CHOICES)


def post(client: Client, address: str, sent: Sent) -> Any:
    """Send a form as bytes, so that nothing on the way tidies it."""
    pairs = [(key, value.encode("utf-8", "surrogatepass")) for key, values in sent.items() for value in values]
    return client.post(address, urlencode(pairs), content_type="application/x-www-form-urlencoded")


def everything_stored() -> dict[str, list[Any]]:
    """Return all rows of all patients, by model."""
    models = sorted(PatientRow.__subclasses__(), key=str)
    return {
        model.__name__: list(model.objects.order_by("pk").values_list()) for model in models if not model._meta.abstract
    }


def counted(stored: Mapping[str, list[Any]]) -> dict[str, int]:
    """Return the number of rows of each model."""
    return {name: len(rows) for name, rows in stored.items()}


def names_the_field(html: str, control: Control) -> bool:
    """Whether a page says which field is wrong; one without a place of its own is named in the summary."""
    if control.kind in {"hidden", "press", "button"}:
        return "errsum" in html or 'role="alert"' in html
    name = re.escape(control.name)
    return bool(re.search(rf'(?:id="id_{name}_error"|href="#id_{name}["_])', html))


def keeps(html: str, value: str) -> bool:
    """Whether a page holds a typed text, escaped; strange characters in it may have been put aside."""
    typed = escape(value.strip().replace("\r\n", "\n").replace("\r", "\n").replace(LONE_SURROGATE, "\ufffd" * 3))
    return typed in html or typed.replace("\n", "\r\n") in html or typed.replace("\x00", "\ufffd") in html

"""The published schema says of the file what the file is."""

from typing import Any

from tests.tracker.reports import browsers, full
from tests.tracker.reports.test_json_export import exported
from tracker.models import Patient
from tracker.reports.json_schema import schema
from tracker.reports.tables import TABLES

TYPES = {str: "string", bool: "boolean", int: "integer", list: "array", dict: "object", type(None): "null"}


def _fits(value: Any, wanted: dict[str, Any]) -> bool:
    types = wanted["type"] if isinstance(wanted["type"], list) else [wanted["type"]]
    return TYPES[type(value)] in types and ("enum" not in wanted or value in wanted["enum"])


def test_it_stands_at_the_address_that_the_file_names(patient: Patient) -> None:
    address = exported(patient)["format"]

    answer = browsers.anybody().get("/schemas/diary-export/v1")

    assert answer.headers["Content-Type"] == "application/schema+json"
    assert answer.json()["$id"] == address
    assert not answer.cookies


def test_every_value_of_a_full_file_fits_its_column(patient: Patient) -> None:
    full.fill(patient)
    document = exported(patient)
    tables = schema("https://example.org")["properties"]

    assert document.keys() == tables.keys()
    for name in TABLES:
        rows = tables[name]["items"]
        for row in document[name]:
            assert list(row) == rows["required"]
            assert [key for key, value in row.items() if not _fits(value, rows["properties"][key])] == []

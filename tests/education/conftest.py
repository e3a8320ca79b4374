"""Fixtures for tests of the public half."""

import time

import pytest

from tests.education.readers import Readers


@pytest.fixture
def readers(db: None, monkeypatch: pytest.MonkeyPatch) -> Readers:
    """Readers of one web process whose every clock is moved together."""
    monkeypatch.setattr("backspasm.page_layer.time.monotonic", time.time)
    return Readers()

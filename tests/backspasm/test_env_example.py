"""`.env.example` lists every variable that the site reads."""

import re
from typing import Final

from django.conf import settings

READ: Final = re.compile(r'os\.environ(?:\.get\(|\[|\.setdefault\()\s*"([A-Z][A-Z_]+)"')
# Set by our own commands for the process they start.
NOT_FOR_OPERATORS: Final = frozenset({"DJANGO_SETTINGS_MODULE"})


def test_every_variable_that_is_read_is_listed() -> None:
    sources = [*(settings.BASE_DIR / "backspasm").rglob("*.py"), *(settings.BASE_DIR / "tracker").rglob("*.py")]
    names = {name for source in sources for name in READ.findall(source.read_text())} - NOT_FOR_OPERATORS

    listed = set(re.findall(r"^#?([A-Z][A-Z_]+)=", (settings.BASE_DIR / ".env.example").read_text(), re.MULTILINE))

    assert len(names) > 10
    assert names - listed == set()

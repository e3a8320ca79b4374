"""Sets the environment of the tests before any settings are read. Loaded by pytest with ``-p``."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA_DIR = ROOT / "var" / "tests"

for _name in ("BACKSPASM_SITE_URL", "DATABASE_URL", "CACHE_URL", "PORT", "EMAIL_HOST"):
    os.environ.pop(_name, None)
for _name in [name for name in os.environ if name.startswith("BACKSPASM_")]:
    del os.environ[_name]
os.environ["BACKSPASM_DATA_DIR"] = str(DATA_DIR)
os.environ["DJANGO_SETTINGS_MODULE"] = "backspasm.settings"

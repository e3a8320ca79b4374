"""Sets the environment of the tests before any settings are read. Loaded by pytest with ``-p``."""

import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ

# A folder of its own for each run; the workers of a run share it.
DATA_DIR = Path(os.environ["BACKSPASM_DATA_DIR"] if IS_WORKER else tempfile.mkdtemp(prefix="backspasm-tests-"))

for _name in ("DATABASE_URL", "CACHE_URL", "PORT", "EMAIL_HOST"):
    os.environ.pop(_name, None)
for _name in [name for name in os.environ if name.startswith("BACKSPASM_")]:
    del os.environ[_name]
os.environ["BACKSPASM_DATA_DIR"] = str(DATA_DIR)
os.environ["DJANGO_SETTINGS_MODULE"] = "backspasm.settings"

"""Static files as they are served: one bundled, minified sheet for each entry file, hashed and compressed."""

import re
from pathlib import Path, PurePosixPath
from typing import Any, Final

import rcssmin
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT: Final = re.compile(r"""@import\s+url\(["']?(?P<name>[^"')]+)["']?\)\s*;""")
_OURS: Final = "css/"


class BundledManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Inlines ``@import`` in our style sheets and minifies them before they are hashed; the parts are not served."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Any:
        """Bundle our own sheets, then let WhiteNoise hash and compress everything."""
        if not dry_run:
            ours = {name for name in paths if name.startswith(_OURS) and name.endswith(".css")}
            parts: set[str] = set()
            sheets = {name: rcssmin.cssmin(self._bundled(name, parts)) for name in ours}
            for name in ours:
                self.delete(name)
                if name in parts:
                    del paths[name]
                else:
                    self._save(name, ContentFile(sheets[name].encode()))
                    paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)

    def _bundled(self, name: str, parts: set[str]) -> str:
        folder = PurePosixPath(name).parent

        def inlined(found: re.Match[str]) -> str:
            part = str(folder / found["name"])
            parts.add(part)
            return self._bundled(part, parts)

        return _IMPORT.sub(inlined, Path(str(finders.find(name))).read_text())

"""Static files as they are served: our sheets bundled, sheets and scripts minified, all hashed and compressed."""

import re
from pathlib import Path, PurePosixPath
from typing import Any, Final

import lightningcss
import minify_html
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

from backspasm.security import ONE_YEAR_SECONDS

_IMPORT: Final = re.compile(r"""@import\s+url\(["']?(?P<name>[^"')]+)["']?\)""")
_SCRIPT: Final = ('<script type="module">', "</script>")


class BundledManifestStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Inlines ``@import`` and minifies before files are hashed; the parts of a sheet are not served themselves."""

    support_js_module_import_aggregation = True  # a script finds its modules under their hashed names

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Any:
        """Make our own files small, then let WhiteNoise hash and compress everything."""
        if not dry_run:
            sheets = [name for name in paths if name.startswith("css/") and name.endswith(".css")]
            parts = {part for name in sheets for part in _imported(name)}
            for name in sheets:
                if name in parts:
                    self.delete(name)
                    del paths[name]
                else:
                    self._replace(paths, name, lightningcss.bundle_css(_source(name), minify=True))
            for name in [name for name in paths if name.startswith("js/") and name.endswith(".js")]:
                self._replace(paths, name, _minified_script(Path(_source(name)).read_text()))
        yield from super().post_process(paths, dry_run, **options)

    def compress_files(self, paths: set[str]) -> Any:
        """Compress all but source maps: only developers' tools ask for one, and the editor's takes seconds."""
        yield from super().compress_files({path for path in paths if not path.endswith(".map")})

    def _replace(self, paths: dict[str, Any], name: str, text: str) -> None:
        self.delete(name)
        self._save(name, ContentFile(text.encode()))
        paths[name] = (self, name)


def _source(name: str) -> str:
    # From the source, not from what was collected: an earlier run may have left a smaller one there.
    return str(finders.find(name))


def _imported(name: str) -> set[str]:
    folder = PurePosixPath(name).parent
    return {str(folder / found["name"]) for found in _IMPORT.finditer(Path(_source(name)).read_text())}


def _minified_script(text: str) -> str:
    begin, end = _SCRIPT
    # A comment on the first line would be kept as a licence.
    element = minify_html.minify(f"{begin};{text}{end}", minify_js=True, keep_closing_tags=True)
    return str(element[element.index(">") + 1 : element.rindex(end)])


class StaticFiles(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise, save that hashed files last one year: the longest that HTTP asks caches to believe."""

    FOREVER = ONE_YEAR_SECONDS

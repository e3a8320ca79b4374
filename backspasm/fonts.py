"""Makes the two small web fonts from the typeface's package. No font file is kept in the repository."""

from pathlib import Path
from typing import Final

import fontpkg_atkinson_hyperlegible
from fontTools import subset

_FACES: Final = {400: "AtkinsonHyperlegible-Regular.ttf", 700: "AtkinsonHyperlegible-Bold.ttf"}
# Basic Latin, Latin-1, dashes, quotes, bullet, ellipsis, euro, arrows used in text.
_UNICODES: Final = "U+0020-007E,U+00A0-00FF,U+0131,U+0152-0153,U+2013-2014,U+2018-201D,U+2022,U+2026,U+20AC,U+2190-2193"


def make(folder: Path) -> int:
    """Write a WOFF2 file for each weight that is not there yet. Returns how many were made."""
    folder.mkdir(parents=True, exist_ok=True)
    source = Path(str(fontpkg_atkinson_hyperlegible.__file__)).parent / "files"
    made = 0
    for weight, name in _FACES.items():
        target = folder / f"atkinson-{weight}.woff2"
        if target.exists():
            continue
        subset.main(
            [
                str(source / name),
                f"--unicodes={_UNICODES}",
                "--layout-features=kern,liga,tnum,lnum",
                "--flavor=woff2",
                f"--output-file={target}",
            ]
        )
        made += 1
    return made

"""What the checks say of one content while it is edited: what forbids publishing it, and advice."""

from dataclasses import dataclass
from datetime import datetime

from education import checks, contents, editing, leaflets, previewing, publishing, structure
from education.admin.screen import address_of
from education.advice import Advice, advice
from education.library import library_of


@dataclass(frozen=True)
class Finding:
    """One thing to mend: what it is, where (a place of the form, or another form), and the words it is about."""

    message: str
    url: str = ""
    marked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Findings:
    """Problems forbid publishing; advice does not."""

    problems: tuple[Finding, ...] = ()
    advice: tuple[Finding, ...] = ()


def findings(content: structure.Publishable, now: datetime) -> Findings:
    """Return what is wrong, and what could be better, if this content were live at ``now`` (aware UTC).

    Contents that readers do not know yet count as if they went live with it. A problem elsewhere counts where this
    content causes it.
    """
    live = publishing.live(now)
    kind = contents.kind_of(content)
    new = [other for other in editing.not_live(live) if (contents.kind_of(other), other.key) != (kind, content.key)]
    library = editing.live_with(live, [*new, content])
    own = (kind, content.key)
    problems = checks.errors(library)
    if any((item.kind, item.key) != own for item in problems):
        known = set(checks.errors(library_of(live)))
        problems = [item for item in problems if (item.kind, item.key) == own or _is_new(item, known, new)]
    sides = None
    if not problems and isinstance(content, structure.Article) and content.has_leaflet:
        try:
            sides = leaflets.sides(leaflets.render_page(previewing.edition_with(live, [*new, content]), content.key))
        except leaflets.CannotRender as error:
            problems = [checks.Problem(kind, content.key, "", str(error))]
    return Findings(
        tuple(Finding(item.message, _url(item, own)) for item in problems),
        tuple(
            Finding(item.message, _url(item, own), item.marked)
            for item in advice(library, content, now.date(), leaflet_sides=sides)
        ),
    )


def _url(item: checks.Problem | Advice, own: tuple[str, str]) -> str:
    if (item.kind, item.key) != own:
        return address_of(item.kind, item.key)
    return f"#place-{item.place}" if item.place else ""


def _is_new(problem: checks.Problem, known: set[checks.Problem], others: list[structure.Publishable]) -> bool:
    """Return whether this content brings the problem about, and not another that is not live yet."""
    return problem not in known and (problem.kind, problem.key) not in {
        (contents.kind_of(other), other.key) for other in others
    }

"""What a clean document may hold, and documents of every kind to test it with."""

import re
from xml.etree.ElementTree import Element

import html5lib
from hypothesis import strategies as st

from education.richtext import ELEMENTS, MAX_DEPTH, clean

INLINE = {"strong", "em", "a"}
SAFE_ADDRESS = re.compile(r"(https?://[^/\\@]+([/?#]|$)|mailto:|tel:|/(?![/\\])|#.)[!-~]*", re.ASCII)


def parsed(html: str) -> Element:
    """Parse as a browser does; raises on any parse error."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    fragment: Element = parser.parseFragment(html)
    return fragment


def problems(html: str) -> list[str]:
    """Everything in ``html`` that a clean document may not hold."""
    found = []
    top = parsed(html)
    inside = {child: parent for parent in top.iter() for child in parent}
    for element in inside:
        above = [element]
        while above[-1] in inside:
            above.append(inside[above[-1]])
        names = [str(each.tag) for each in above[1:]]
        found += [f"element {element.tag}"] * (element.tag not in ELEMENTS)
        found += [f"attributes {element.attrib}"] * (set(element.attrib) != ({"href"} if element.tag == "a" else set()))
        found += [f"address {href}" for href in element.attrib.values() if not SAFE_ADDRESS.fullmatch(href)]
        found += [f"empty {element.tag}"] * (not "".join(element.itertext()).strip())
        found += [f"nested {element.tag}"] * (element.tag in INLINE and element.tag in names)
        found += [f"{element.tag} at the top"] * (element.tag in INLINE | {"li"} and len(names) == 1)
        found += [f"{element.tag} in {names[0]}"] * (element.tag in {"p", "h3", "h4"} and len(names) > 1)
        found += [f"list in {names[0]}"] * (element.tag in {"ul", "ol"} and len(names) > 1 and names[0] != "li")
        found += ["too deep"] * (names.count("li") >= MAX_DEPTH and element.tag == "li")
        found += [f"space in {element.tag}"] * ("".join(element.itertext()).strip() != "".join(element.itertext()))
    loose = [top.text, *(child.tail for child in top)]
    found += ["text at the top"] * any(loose)
    found += ["white space"] * bool(re.search(r"[^\S ]|  ", html))
    return found


# Documents

TRAPS = (
    "* _ ** __ [ ] ( ) \\ ` # ## + - --- . ! != < > & &amp; &lt; | ~ ~~~ === 1. 1) 10. 123456789. &#97; &zwj; a b word "
    "(b) \u201cq\u201d \u2014 \u2019s \u00a3 \u20ac \u00b1 \u00bd \u00e9 e\u0301 \u4e2d \U0001f642 \u00bf ![ ]( ]: :// "
    "<b> <https://x.example> x@y.example \\* snake_case a*b \u0661. // ' \" ``` $ ^ % @ = , ; ? / {# } {a: b}"
)
TEXT = st.lists(
    st.sampled_from(TRAPS.split()) | st.sampled_from([" ", "  ", "\n", "\u00a0"]) | st.text(max_size=3), max_size=5
).map("".join)
WORDS = TEXT.map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;"))
TAIL = st.text("ab()[]<>*_!&;#?=%~'\"\\^`{}|-. \u00e9", max_size=8)
HREFS = st.builds(
    str.__add__, st.sampled_from(["/", "#", "https://x.example/", "http://a.b:80?", "mailto:", "tel:"]), TAIL
)
ADDRESSES = HREFS.map(lambda href: href.replace("&", "&amp;").replace('"', "&quot;"))


def wrapped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    link = st.builds('<a href="{}">{}</a>'.format, ADDRESSES, inner)
    return st.lists(
        inner | inner.map("<strong>{}</strong>".format) | inner.map("<em>{}</em>".format) | link, max_size=5
    ).map("".join)


INLINES = st.recursive(WORDS, wrapped, max_leaves=8)


def lists_of(item: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = st.lists(item.map("<li>{}</li>".format), min_size=1, max_size=3).map("".join)
    return st.builds("{}{}".format, INLINES, items.map("<ul>{}</ul>".format) | items.map("<ol>{}</ol>".format))


LISTS = lists_of(st.recursive(INLINES, lists_of, max_leaves=6))
BLOCKS = (
    INLINES.map("<p>{}</p>".format)
    | INLINES.map("<h3>{}</h3>".format)
    | INLINES.map("<h4>{}</h4>".format)
    | LISTS
    | INLINES
)
DOCUMENTS = st.lists(BLOCKS, max_size=4).map("".join).map(clean)
TAGS = st.sampled_from(
    [*sorted(ELEMENTS), "b", "i", "div", "br", "table", "td", "svg", "math", "style", "h1", "template"]
)
SOUP = st.lists(TAGS.map("<{}>".format) | TAGS.map("</{}>".format) | TEXT | HREFS.map('<a href="{}">'.format)).map(
    "".join
)

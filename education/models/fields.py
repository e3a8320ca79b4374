"""Small helpers of the working copies: how a list of short strings is typed and kept."""


def lines(text: str) -> tuple[str, ...]:
    """Return the non-empty lines of ``text``, trimmed."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def words(text: str) -> tuple[str, ...]:
    """Return the words of ``text``: claim codes, slugs."""
    return tuple(text.split())


def joined(items: tuple[str, ...], separator: str = "\n") -> str:
    """The reverse of ``lines`` (or, with a space, of ``words``)."""
    return separator.join(items)

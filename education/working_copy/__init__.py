"""Working copies to content structures and back. Knows nothing of publications."""

from education.working_copy.reading import content_of, contents_of
from education.working_copy.writing import relate, write

__all__ = ["content_of", "contents_of", "relate", "write"]

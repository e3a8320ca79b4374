"""Django admin for the public half: where editors and clinicians change every word and every number."""

from education.admin import contents, editions, pictures, read_only

__all__ = ["contents", "editions", "pictures", "read_only"]

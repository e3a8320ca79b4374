"""The site's settings with a push service of the bench's own on the loopback."""

from backspasm.settings import *  # noqa: F403

PUSH_MAY_BE_PRIVATE = True
PUSH_HOSTS = ("127.0.0.1",)

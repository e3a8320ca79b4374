"""The site's settings where mail servers and push services hang: they are waited for a moment, on the loopback."""

from backspasm.settings import *  # noqa: F403

EMAIL_TIMEOUT = 0.5  # type: ignore[assignment]
PUSH_MAY_BE_PRIVATE = True
PUSH_HOSTS = ("127.0.0.1",)
# Tables are made as the models say, in a fraction of the time that all migrations take.
MIGRATION_MODULES = dict.fromkeys(
    ["auth", "contenttypes", "sessions", "account", "mfa", "usersessions", "backspasm", "education", "tracker"]
)

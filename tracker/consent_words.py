"""What a person agrees to when we keep their health entries. Whoever changes a sentence gives it a new version."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONSENT_VERSION: Final = "2"

# Question and answer, in the order in which they are read.
WORDS: Final[tuple[tuple[Promise, Promise], ...]] = (
    (
        _("What do we keep?"),
        _(
            "What you enter: where and how bad the pain is, what you can do, what you did about it, your medicines, "
            "your notes, and your answers to the safety questions. No name and no birth date."
        ),
    ),
    (
        _("Why?"),
        _(
            "To show you the next step, your own course, and a sheet for your clinician. For nothing else. "
            "We do not sell it, share it or use it for advertising."
        ),
    ),
    (
        _("Who sees it?"),
        _(
            "You, and those you give a link to. Nobody monitors what you enter, and no one is told if it gets worse. "
            "In an emergency, call for help yourself. If you switch on reminders, your mail provider, the push service "
            "of your phone or computer, or your calendar provider carries them. It sees that a reminder comes, and "
            "when, but never what it is about."
        ),
    ),
    (_("How long?"), _("Until you delete it. Words of your own are stored encrypted.")),
    (
        _("How can I stop?"),
        _(
            "Withdraw in Settings at any time. The tracker then stops and hides at once. "
            "You can take everything with you as a file, and delete your account and all that is in it."
        ),
    ),
)
AGREE: Final = _("I agree that my health entries are kept for this")

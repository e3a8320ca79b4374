"""Every public page, from the content itself: a new article or exercise is tested without a word here."""

from typing import Final

from education import content_files

_LIBRARY: Final = content_files.read()

ARTICLES: Final = ("/", *sorted(f"/{key}/" for key in _LIBRARY.articles if key != "home"))
EXERCISES: Final = tuple(sorted(f"/exercises/{key}/" for key in _LIBRARY.exercises))
CONTENT: Final = (*ARTICLES, *EXERCISES)
RED_FLAG_SEARCH: Final = "/search/?q=numb+bottom"
SEARCHES: Final = ("/search/", "/search/?q=ice", "/search/?q=zzqqxx", "/search/?q=siatica", RED_FLAG_SEARCH)
MISSING: Final = "/no-such-page/"
PUBLIC: Final = (*CONTENT, *SEARCHES, MISSING, "/feedback/thanks/")
ACCOUNTS: Final = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/accounts/login/code/")
ALL: Final = (*PUBLIC, *ACCOUNTS)

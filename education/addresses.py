"""Where pages stand on the site; urls.py serves them there. Pure, since the search needs them without a request."""


def page_path(key: str) -> str:
    """Return the path of an article; the home page is one too."""
    return "/" if key == "home" else f"/{key}/"


def exercise_path(key: str) -> str:
    """Return the path of an exercise."""
    return f"/exercises/{key}/"

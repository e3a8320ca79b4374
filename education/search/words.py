"""From text to stems, the same way for what is indexed and for what is asked. Knows no index."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

import tantivy

QUERY_CHARACTERS: Final = 200

# Words that carry no meaning of their own. Not "no" and "not": "no better" is a sign.
STOP_WORDS: Final = frozenset(
    """
    a about after all also am an and any are as at be because been before being but by can could did do does doing
    down for from get got had has have having he her him his how i if im in into is it its ive just me my of on
    or our she should so some than that the their them then there these they this those to too us was we were
    what whats when where which while who why will with would you your
    """.split()
)
# In a lay phrase "hot and cold" is not "hot or cold" and "pain down my leg" needs its "down": only these may go.
FILLERS: Final = frozenset({"a", "an", "the", "my", "your", "our", "his", "her", "their", "i", "im", "ive", "me"})

# One spelling for each word: US to UK, irregular forms, and two names of one thing of which texts use either.
_SAME: Final = {
    "acetaminophen": "paracetamol",
    "analog": "analogue",
    "anemia": "anaemia",
    "anesthesia": "anaesthesia",
    "anesthetic": "anaesthetic",
    "behavior": "behaviour",
    "center": "centre",
    "color": "colour",
    "diarrhea": "diarrhoea",
    "disk": "disc",
    "disks": "discs",
    "edema": "oedema",
    "esophagus": "oesophagus",
    "fallen": "fall",
    "fecal": "faecal",
    "feces": "faeces",
    "feet": "foot",
    "fell": "fall",
    "fiber": "fibre",
    "fibers": "fibres",
    "gray": "grey",
    "gynecologist": "gynaecologist",
    "hemorrhage": "haemorrhage",
    "hemorrhoids": "haemorrhoids",
    "labor": "labour",
    "liter": "litre",
    "medication": "medicine",
    "medications": "medicine",
    "meds": "medicine",
    "orthopedic": "orthopaedic",
    "panadol": "paracetamol",
    "paralyzed": "paralysed",
    "pediatric": "paediatric",
    "program": "programme",
    "programs": "programmes",
    "tumor": "tumour",
    "tumors": "tumours",
    "tylenol": "paracetamol",
}
_CANNOT: Final = re.compile(r"\b(?:can ?not|could ?n[o']t|could not|cant|can't|unable to|not able to)\b")
_IZE: Final = re.compile(r"(?<=[a-z]{3})iz(?=(?:e|es|ed|ing|ation|ations)$)")
_ACCENT: Final = re.compile("[\u0300-\u036f]")
_TOKEN: Final = re.compile(r"[^\W_]+")
_APOSTROPHES: Final = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u2032\u00b4`\uff07", "'"))
_STEMMER: Final = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).filter(tantivy.Filter.stemmer("english")).build()


def cleaned(query: str) -> str:
    """Return what somebody asked, fit to print: at most 200 characters, no control characters or lone surrogates."""
    printable = "".join(
        " " if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} else character
        for character in query[:QUERY_CHARACTERS]
    )
    return " ".join(printable.split())


def tokens(text: str) -> list[str]:
    """Return the words of a text in order: lower case, without accents and apostrophes, stop words included."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_APOSTROPHES))
    bare = _ACCENT.sub("", folded)
    return _TOKEN.findall(_CANNOT.sub("cant", bare).replace("'", ""))


@lru_cache(maxsize=20_000)
def stem(token: str) -> str:
    """Return the stem of one token, the same for UK and US spelling."""
    found = _STEMMER.analyze(_IZE.sub("is", _SAME.get(token, token)))
    return found[0] if found else token


def stems(text: str) -> list[str]:
    """Return the stems of a text in order, without its stop words."""
    return [stem(token) for token in tokens(text) if token not in STOP_WORDS]


@lru_cache(maxsize=20_000)
def stems_of_word(word: str) -> tuple[str, ...]:
    """Return the stems of a word as it stands in a text, stop words included: "x\u2019s" has one, "x-ray" two."""
    return tuple(stem(token) for token in tokens(word))

"""Working copies, publications and editions, feedback."""

from education.models.article import Article, Section, Statement
from education.models.care import CareCard, CareStep, Protocol, Sign
from education.models.feedback import Feedback
from education.models.library import Exercise, Source, Term
from education.models.publication import Draft, Edition, EditionEntry, Leaflet, Publication
from education.models.publishable import Kind, Publishable

__all__ = [
    "Article",
    "CareCard",
    "CareStep",
    "Draft",
    "Edition",
    "EditionEntry",
    "Exercise",
    "Feedback",
    "Kind",
    "Leaflet",
    "Protocol",
    "Publication",
    "Publishable",
    "Section",
    "Sign",
    "Source",
    "Statement",
    "Term",
]

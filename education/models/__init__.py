"""Working copies and their history, publications and editions, pictures, feedback."""

from education.models.article import Article, Section, Statement
from education.models.care import CareCard, CareStep, Protocol, Sign
from education.models.digest import WeeklyDigest
from education.models.editing import Approval, Comment, PreviewLink, Revision, Submission
from education.models.feedback import Feedback
from education.models.library import Exercise, Source, Term
from education.models.picture import Picture
from education.models.publication import Draft, Edition, EditionEntry, Leaflet, Publication
from education.models.publishable import Kind, Publishable

__all__ = [
    "Approval",
    "Article",
    "CareCard",
    "CareStep",
    "Comment",
    "Draft",
    "Edition",
    "EditionEntry",
    "Exercise",
    "Feedback",
    "Kind",
    "Leaflet",
    "Picture",
    "PreviewLink",
    "Protocol",
    "Publication",
    "Publishable",
    "Revision",
    "Section",
    "Sign",
    "Source",
    "Statement",
    "Submission",
    "Term",
    "WeeklyDigest",
]

"""Browsers in the states that matter to reports."""

import time

from django.conf import settings
from django.test import Client

from tracker.models import Patient


def fresh(client: Client) -> Client:
    """Return the client as if its person had signed in just now."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()
    return client


def of(patient: Patient) -> Client:
    """Return a signed-in browser that has just shown who it is."""
    client = Client(headers={"host": settings.SITE_URL.netloc})
    client.force_login(patient.user)
    return fresh(client)


def anybody() -> Client:
    """Return a browser that nobody has signed in with."""
    return Client(headers={"host": settings.SITE_URL.netloc})

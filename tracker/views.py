"""The private half of the site, for signed-in patients."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the way from here: what works without an account, and that the diary is not open yet."""
    return render(request, "tracker/home.html")

"""Pictures, each under the hash of its own bytes."""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from education.models import Picture
from education.views.public import public_answer

# The address names the bytes, so what stands there never changes. The page layer keeps no such answer: a browser asks
# once, and three hundred pictures would push the pages out.
FOR_EVER: Final = "public, max-age=31536000, immutable"


@public_answer
def picture(request: HttpRequest, *, digest: str) -> HttpResponse:
    """Hand out the picture whose SHA-256 is ``digest``, in lower-case hexadecimal; 404 where there is none."""
    data = Picture.objects.filter(digest=digest).values_list("data", flat=True).first()
    if data is None:
        raise Http404
    etag = f'"{digest}"'
    response = HttpResponse(data, content_type="image/webp")
    response.headers["Cache-Control"] = FOR_EVER
    response.headers["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response

"""The square code of a link, to print or to show on a screen."""

import io

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe

from viaggio.web.pulse.services.links import OpenLink, link_of, open_path
from viaggio.web.pulse.views.answer_pages import stopped
from viaggio.web.shared.permissions import open_to_all

QUIET_MODULES = 4
"""Empty modules around the code, as ISO/IEC 18004 asks."""


def code_svg(text: str) -> bytes:
    """A QR code of the text as SVG: error correction M or better, black on white in every theme."""
    import segno

    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", border=QUIET_MODULES, scale=8, light="#fff", dark="#000", svgclass=None)
    return out.getvalue()


@open_to_all
@require_safe
def code(request: HttpRequest, token: str) -> HttpResponse:
    """The code of an open link, as an image; whoever scans it comes to the page that the link opens."""
    link = link_of(token)
    if not isinstance(link, OpenLink):
        return stopped("unknown", translation.get_language() or "it")
    address = request.build_absolute_uri(open_path(link))
    return HttpResponse(code_svg(address), content_type="image/svg+xml")

"""The fonts of print, from the program's own files, as they are or cut to the weights that print uses.

A variable font is cut anew into every PDF that uses it: about a sixth of the work. Who writes many PDFs cuts
each weight once instead; it looks the same.
"""

from functools import lru_cache
from io import BytesIO

from viaggio.web.incentive.services.print_files import static_file

HERE = "viaggio:/"
VENDOR = "vendor/{0}/{0}-latin-wght-normal.woff2"
FACES = (
    ("Source Sans 3", VENDOR.format("source-sans-3"), (400, 700)),
    ("Bricolage", VENDOR.format("bricolage-grotesque"), (600,)),
)
"""Family, file, and the weights in print.css and in the drawings."""


class NoNetwork(ValueError):
    """A print template that asks for a file that is none of its fonts."""


def font_faces(*, cut: bool) -> str:
    """The fonts as CSS: one variable face a family, or one face a weight."""
    faces = []
    for family, name, weights in FACES:
        if cut:
            faces += [_face(family, f"{HERE}{weight}/{name}", f"font-weight:{weight};") for weight in weights]
        else:
            faces.append(_face(family, HERE + name))
    return "".join(faces)


def _face(family: str, address: str, more: str = "") -> str:
    return f'@font-face{{font-family:"{family}";{more}src:url("{address}")}}'


def font_at(address: str) -> tuple[bytes, str]:
    """The font at an address of `font_faces`, and its kind. Raises `NoNetwork` for any other address."""
    asked = address.removeprefix(HERE)
    for _family, name, weights in FACES:
        if asked == name:
            return static_file(name).read_bytes(), "font/woff2"
        for weight in weights:
            if asked == f"{weight}/{name}":
                return cut_to(name, weight), "font/ttf"
    raise NoNetwork(address)


@lru_cache(maxsize=8)
def cut_to(name: str, weight: int) -> bytes:
    """One weight of a variable font as a plain one, made once for each process (half a CPU second)."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    font = instantiateVariableFont(TTFont(static_file(name)), {"wght": weight}, static=True)
    font.flavor = None
    out = BytesIO()
    font.save(out)
    return out.getvalue()

"""Views of the data face: how the data are, and bringing files in."""

from viaggio.web.data.views.state import fold_now, home, imports, one_import, progress, rejects
from viaggio.web.data.views.uploads import discard, new, propose, upload

__all__ = [
    "discard",
    "fold_now",
    "home",
    "imports",
    "new",
    "one_import",
    "progress",
    "propose",
    "rejects",
    "upload",
]

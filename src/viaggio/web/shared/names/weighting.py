"""What people call schemes of weights, and what weighting does."""

from django.utils.translation import gettext as _

UNWEIGHTED = "none"
"""The scheme under which each answer counts once."""


def scheme_name(scheme: str) -> str:
    """What people call a scheme of weights."""
    known = {
        UNWEIGHTED: _("unweighted"), "base": _("weighted by the chance of being asked"),
        "calibrated": _("weighted to all who could be asked"),
    }  # fmt: skip
    return known.get(scheme) or _("weighted by “%(scheme)s”") % {"scheme": scheme}


def scheme_sentence(scheme: str) -> str:
    """What weighting does to a figure."""
    if scheme == UNWEIGHTED:
        return _("Each answer counts once.")
    if scheme == "base":
        return _(
            "Who had a small chance of being asked counts more, so that the figures stand for all who could "
            "be asked. Answers without a known chance are left out."
        )
    return _(
        "Answers are weighted for who was asked and who answered, so that the figures stand for all who "
        "could be asked. Answers without a weight are left out."
    )

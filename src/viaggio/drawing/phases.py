"""The colours of the four phases, by CSS class."""

ORDER = ("discovery", "purchase", "care", "maintenance")


def phase_class(phase: str) -> str:
    """The CSS class that carries the phase's colour."""
    return f"p{ORDER.index(phase) + 1}" if phase in ORDER else "p0"

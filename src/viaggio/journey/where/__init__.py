"""Which interactions a question is about: composable filters, as one mask per bucket."""

from viaggio.journey.where.asked import EVERYTHING, Where, as_where, mask
from viaggio.journey.where.keep import ALL, Keep

__all__ = ["ALL", "EVERYTHING", "Keep", "Where", "as_where", "mask"]

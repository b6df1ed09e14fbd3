"""What differs from country to country, as data: taxes, absences, forms. Another country is another file."""

from viaggio.incentive.country.model import AbsenceClass, Indicator, Pack, Section, TaxYear
from viaggio.incentive.country.reading import read_pack

__all__ = ["AbsenceClass", "Indicator", "Pack", "Section", "TaxYear", "read_pack"]

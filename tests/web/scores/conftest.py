"""The small company of the journey's tests, whose waves are weighted too."""

from tests.web.journey.conftest import company, company_root

__all__ = ["company", "company_root"]

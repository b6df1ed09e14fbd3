"""The rules of the company's country: the company's own file in the workspace, else those that come along."""

from viaggio.incentive.country import Pack
from viaggio.incentive.italy.checks import check_country
from viaggio.incentive.plan import Finding, Plan
from viaggio.kernel import BadWorkspace, ViaggioError
from viaggio.store.incentives.country_file import load_country, shipped_countries
from viaggio.web.shared.workspace import workspace

OWN = "country.toml"
"""The company's own file in its workspace: a copy of a country's rules with other rates or classes."""

NO_RULES, WRONG_RULES = "country.no_rules", "country.wrong_rules"


def rules() -> Pack:
    """The rules that hold for the company; empty ones where nobody wrote its country's.

    Raises `BadFile`, `BadPlan` or `BadAmount` for an own file with wrong values.
    """
    try:
        here = workspace()
    except BadWorkspace:  # nothing is served: the rules that are usual
        return load_country()
    own = here.root / OWN
    if own.is_file():
        return load_country(own=own)
    code = here.settings.country
    if code not in shipped_countries():
        return Pack(country=code, mark="", taxes={}, absences={}, goals=(), indicators={}, annex=())
    return load_country(code)


def findings_of(plan: Plan) -> list[Finding]:
    """What the country's rules refuse or warn of in a plan; that there are none, where nobody wrote them.

    An own file that can not be read refuses every plan.
    """
    try:
        pack = rules()
    except ViaggioError as error:
        return [Finding(code=WRONG_RULES, place="", detail=f"{error.place} {error.what}".strip())]
    if not pack.absences and not pack.taxes:
        return [Finding(code=NO_RULES, place="", refuses=False, detail=pack.country)]
    return check_country(plan, pack)

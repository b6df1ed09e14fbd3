"""The filter bar, and links that keep the filters."""

from django import template
from django.template.context import RequestContext
from django.urls import reverse

from viaggio.web.shared.filters import Filters

register = template.Library()


@register.inclusion_tag("filters/bar.html", takes_context=True)
def filter_bar(context: RequestContext, filters: Filters, without: str = "") -> dict[str, object]:
    """The form of all filters; `without` names, comma-separated, selects that make no sense on the page."""
    left_out = {name.strip() for name in without.split(",")}
    request = context["request"]
    return {
        "filters": filters,
        "path": request.path,
        "periods": filters.periods(),
        "comparisons": filters.comparisons(),
        "selects": [select for select in filters.selects() if select[0] not in left_out],
        "kept": [(n, value) for n, value in filters.chosen.items() if _is_hidden(n, left_out, filters)],
        "more": [] if "more" in left_out else filters.more(),
    }


def _is_hidden(name: str, left_out: set[str], filters: Filters) -> bool:
    """Conditions without a control of their own travel in hidden fields."""
    shown = {"period", "compare"} | {select[0] for select in filters.selects()} - left_out
    return name not in shown


@register.simple_tag
def keep(filters: Filters, view: str, *args: object, **changes: str) -> str:
    """The address of a view with the filters: `{% keep filters "journey:metric" slug phase="care" %}`."""
    return filters.to(reverse(view, args=args), **{name: value or None for name, value in changes.items()})

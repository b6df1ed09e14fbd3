"""The filter bar, and links that keep the filters."""

from django import template
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from viaggio.web.shared.filters import Filters
from viaggio.web.shared.permissions import may
from viaggio.web.shared.roles import Right

register = template.Library()


@register.inclusion_tag("filters/bar.html", takes_context=True)
def filter_bar(
    context: RequestContext, filters: Filters, without: str = "", *, own: bool = False
) -> dict[str, object]:
    """The form of all filters; `without` names, comma-separated, selects that make no sense on the page.

    With `own` people may also write a filter themselves, in the filter language: for pages about journeys.
    """
    left_out = {name.strip() for name in without.split(",")}
    controlled = left_out | ({"where"} if own else set())
    request = context["request"]
    return {
        "filters": filters,
        "path": request.path,
        "periods": filters.periods(),
        "comparisons": [] if "compare" in left_out else filters.comparisons(),
        "selects": [select for select in filters.selects() if select[0] not in left_out],
        "kept": [(n, value) for n, value in filters.chosen.items() if _is_hidden(n, controlled, filters)],
        "own": own,
        "more": [] if "more" in left_out else filters.more(),
    }


def _is_hidden(name: str, left_out: set[str], filters: Filters) -> bool:
    """Conditions without a control of their own travel in hidden fields."""
    if name == "compare":
        return name in left_out  # it has no effect here, but on the page that is opened next
    shown = {"period"} | {select[0] for select in filters.selects()} - left_out
    return name not in shown | left_out


@register.simple_tag(takes_context=True)
def export_menu(context: RequestContext, filters: Filters, table: str, title: str) -> SafeString:
    """Links to a table as CSV and Excel, for people who may take data out."""
    request = context["request"]
    if not may(request.user, Right.EXPORT):
        return SafeString()
    links = [
        (filters.to(request.path, table=table, format=form), name, title)
        for form, name in (("csv", "CSV"), ("xlsx", "Excel"))
    ]
    made = format_html_join(" ", '<a href="{}">{}<span class="sr">: {}</span></a>', links)
    return format_html('<span class="menu">{}</span>', made)


@register.simple_tag
def keep(filters: Filters, view: str, *args: object, **changes: str) -> str:
    """The address of a view with the filters: `{% keep filters "journey:metric" slug phase="care" %}`."""
    return filters.to(reverse(view, args=args), **{name: value or None for name, value in changes.items()})


@register.simple_tag(takes_context=True)
def page_link(context: RequestContext, filters: Filters, page: int, by: int) -> str:
    """The address of the page `by` pages on, with the filters in it."""
    return filters.to(context["request"].path, page=str(page + by))

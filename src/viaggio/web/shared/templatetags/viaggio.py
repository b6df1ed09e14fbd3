"""Tags and filters that every template has: icons, readings, figures and dates in the reader's language."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from viaggio.kernel import Flag, Period, Reading
from viaggio.web.shared import formats
from viaggio.web.shared.names.actions import ACTION_NAMES, DETAIL_NAMES
from viaggio.web.shared.names.journey import FUNCTIONS
from viaggio.web.shared.names.rights import ROLE_NAMES
from viaggio.web.shared.names.words import FLAGS
from viaggio.web.shared.permissions import Right, Role, may

register = template.Library()

Figure = int | float | Decimal | None


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite; decoration unless it has a `label`."""
    address = f"{static('vendor/lucide/sprite.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}" width="18" height="18"><use href="{}"/></svg>',
            label,
            address,
        )
    decoration = '<svg class="icon" aria-hidden="true" width="18" height="18"><use href="{}"/></svg>'
    return format_html(decoration, address)


def why_no_value(reading: Reading) -> str:
    """The sentence for a reading without a value."""
    flags = [flag for flag in Flag if flag in reading.flags and flag is not Flag.PARTIAL_PERIOD]
    return str(FLAGS[flags[0]]) if flags else str(FLAGS[Flag.NO_DATA])


@register.simple_tag
def reading(r: Reading | None) -> SafeString:
    """Value, interval and base; a dash with the reason when there is no value."""
    if r is None:
        return format_html('<span class="reading none">{}</span>', formats.NO_VALUE)
    if r.value is None:
        why = why_no_value(r)
        return format_html(
            '<span class="reading none" title="{}">{}<span class="sr"> {}</span></span>',
            why,
            formats.NO_VALUE,
            why,
        )
    return format_html(
        '<span class="reading"><b>{}</b> <span class="pm">{}</span> <span class="base">{}</span></span>',
        formats.reading_text(r),
        formats.interval_text(r),
        formats.base_text(r),
    )


@register.filter
def reading_value(r: Reading | None) -> str:
    """Only the value of a reading."""
    return formats.NO_VALUE if r is None else formats.reading_text(r)


@register.filter
def number(value: Figure, decimals: int = 0) -> str:
    """A number with the reader's separators; a dash when there is none."""
    return formats.NO_VALUE if value is None else formats.number(value, int(decimals))


@register.filter
def share(value: Figure, decimals: int = 1) -> str:
    """A share of 0 to 1 in per cent."""
    return formats.NO_VALUE if value is None else formats.share(value, int(decimals))


@register.filter
def money(cents: Figure, currency: str = "") -> str:
    """An amount in cents, in the company's currency where no other is named."""
    return formats.NO_VALUE if cents is None else formats.money(cents, currency)


@register.filter
def duration(seconds: Figure) -> str:
    """A time span in seconds."""
    return formats.NO_VALUE if seconds is None else formats.duration(seconds)


@register.filter
def day(value: date | None) -> str:
    """A calendar day."""
    return formats.NO_VALUE if value is None else formats.day(value)


@register.filter
def moment(value: datetime | None) -> str:
    """A day and time in the company's time zone."""
    return formats.NO_VALUE if value is None else formats.moment(value)


@register.filter
def period(value: Period | None) -> str:
    """A period in words."""
    return formats.NO_VALUE if value is None else formats.period_text(value)


@register.filter
def can(user: object, right: str) -> bool:
    """Whether the person has a right: `{% if user|can:"export" %}`."""
    return may(user, Right(right))  # type: ignore[arg-type]  # templates hand over whatever request.user is


@register.filter
def role_name(role: str) -> str:
    """What people call a role."""
    return str(ROLE_NAMES[Role(role)]) if role in set(Role) else role


@register.filter
def function_name(code: str) -> str:
    """What people call a business function; empty when there is none."""
    return str(FUNCTIONS.get(code, code))


@register.filter
def action_name(code: str) -> str:
    """What people call an action of the audit."""
    return str(ACTION_NAMES.get(code, code))


@register.filter
def detail_name(code: str) -> str:
    """What people call a detail of an audit row."""
    return str(DETAIL_NAMES.get(code, code))


@register.filter
def detail_value(value: object) -> str:
    """A detail as text; roles and functions by their names."""
    if isinstance(value, list):
        return ", ".join(detail_value(part) for part in value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    text = str(value)
    return str(ROLE_NAMES[Role(text)]) if text in set(Role) else function_name(text)


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


@register.filter
def browser(agent: str) -> str:
    """Browser and system of a user-agent text, as far as people tell them apart."""
    named = (next((name for mark, name in known if mark in agent), "") for known in (_BROWSERS, _SYSTEMS))
    return ", ".join(filter(None, named)) or agent[:40] or formats.NO_VALUE

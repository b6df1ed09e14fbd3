"""How a mail looks: each style once, on the element for mail programs and in a style sheet for the rest.

Mail programs keep what stands on the element and mostly drop style sheets; a browser under our content policy
does the opposite. Dark colours are those of the pages, for programs that follow the reader's wish.
"""

from collections.abc import Mapping

from django.utils.safestring import SafeString, mark_safe

FONT = "font-family:'Source Sans 3','Segoe UI',Helvetica,Arial,sans-serif"
STYLES: Mapping[str, str] = {
    "paper": "margin:0;padding:0;background:#FAF7F1",
    "room": "padding:24px 12px",
    "card": "max-width:560px;background:#FFFFFF;border:1px solid #E3DCCF;border-radius:10px",
    "pad": f"padding:24px 20px;color:#17252E;font-size:16px;line-height:1.5;{FONT}",
    "kick": "margin:0 0 4px;color:#4A5A64;font-size:14px",
    "ask": "margin:0 0 16px;font-size:20px;line-height:1.3;font-weight:700;color:#17252E",
    "scale": "border-collapse:separate;border-spacing:3px",
    "cell": "padding:0;width:38px",
    "b": "display:block;min-width:36px;padding:9px 0;border:1px solid #8A8778;border-radius:6px;"
    "color:#17252E;font-weight:700;text-align:center;text-decoration:none",
    "go": "display:inline-block;padding:11px 22px;border-radius:8px;background:#0B5D6B;color:#FFFFFF;"
    "font-weight:700;text-decoration:none",
    "ends": "clear:both;width:100%;max-width:460px;margin:4px 0 0;color:#4A5A64;font-size:14px",
    "right": "text-align:right",
    "note": "margin:16px 0 0;color:#4A5A64;font-size:14px",
    "foot": f"padding:16px 20px 0;color:#4A5A64;font-size:13px;line-height:1.5;{FONT}",
    "a": "color:#0B5D6B",
    "trap": "display:none;font-size:0;line-height:0;max-height:0;overflow:hidden",
}
DARK: Mapping[str, str] = {
    "paper": "background:#10191E",
    "card": "background:#17232A;border-color:#2B3A43",
    "pad": "color:#E8E4DA",
    "kick": "color:#A9B6BC",
    "ask": "color:#E8E4DA",
    "b": "color:#E8E4DA;border-color:#6F828C",
    "go": "background:#7FD0DC;color:#0C1418",
    "ends": "color:#A9B6BC",
    "note": "color:#A9B6BC",
    "foot": "color:#A9B6BC",
    "a": "color:#7FD0DC",
}


def on_elements() -> dict[str, SafeString]:
    """Class and style of each kind of element, for mail programs."""
    return {name: mark_safe(f'class="{name}" style="{style}"') for name, style in STYLES.items()}  # noqa: S308 -- our own words


def by_class() -> dict[str, SafeString]:
    """The class of each kind of element, for a browser that reads the sheet."""
    return {name: mark_safe(f'class="{name}"') for name in STYLES}  # noqa: S308 -- our own words


def sheet(*, whole: bool) -> str:
    """The style sheet: dark colours, and with `whole` the light ones too."""
    light = "".join(f".{name}{{{style}}}" for name, style in STYLES.items()) if whole else ""
    dark = "".join(
        f".{name}{{{';'.join(f'{rule}!important' for rule in style.split(';'))}}}"
        for name, style in DARK.items()
    )
    schemes = ":root{color-scheme:light dark;supported-color-schemes:light dark}"
    return f"{schemes}{light}@media (prefers-color-scheme:dark){{{dark}}}"


def element(*, whole: bool) -> SafeString:
    """The style sheet as it stands in the head."""
    return mark_safe(f"<style>{sheet(whole=whole)}</style>")  # noqa: S308 -- our own words

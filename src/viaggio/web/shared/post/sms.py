"""How many segments a short message takes (3GPP TS 23.038 and 23.040), and how to keep it short."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet of GSM 03.38: one septet each."""
EXTENDED = frozenset("^{}\\[~]|€\f")
"""Its extension: two septets each."""
_PLAINER = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "\u2212": "-",
        "…": "...",
        "«": '"',
        "»": '"',
    }
    | dict.fromkeys("\u00a0\u202f\u2009", " ")
    | {"È": "E'", "À": "A'", "Ì": "I'", "Ò": "O'", "Ù": "U'", "á": "a", "í": "i", "ó": "o", "ú": "u"}
)


def plainer(text: str) -> str:
    """The text with typographic signs replaced by those of the default alphabet, where it has any."""
    return text.translate(_PLAINER)


def segments(text: str) -> int:
    """Segments that a text takes: 160 septets or 153 each when there are more; else 70 or 67 UTF-16 units."""
    if all(sign in BASIC or sign in EXTENDED for sign in text):
        return _parts([2 if sign in EXTENDED else 1 for sign in text], alone=160, each=153)
    return _parts([2 if ord(sign) > 0xFFFF else 1 for sign in text], alone=70, each=67)


def _parts(sizes: list[int], *, alone: int, each: int) -> int:
    """Parts of at most `each`, none cutting a sign in two; one part where all fits in `alone`."""
    if sum(sizes) <= alone:
        return 1
    parts, room = 1, each
    for size in sizes:
        if size > room:
            parts, room = parts + 1, each
        room -= size
    return parts

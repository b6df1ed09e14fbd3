"""Which item a key in the facts means: that of the newest published questionnaire, else of the item bank."""

from viaggio.pulse.bank import BANK
from viaggio.pulse.questionnaire import Item, from_data
from viaggio.web.pulse.models import QuestionnaireVersion
from viaggio.web.shared.wordings import register


def start() -> None:
    """Tell other faces what questions say."""
    register(item_of)


def item_of(key: str) -> Item | None:
    """The item as it was last published; None where no questionnaire has it and the bank neither."""
    published = QuestionnaireVersion.objects.filter(published_at__isnull=False).order_by("-published_at")
    for version in published.iterator():
        item = from_data(version.definition).by_key.get(key)
        if item is not None:
            return item
    entry = BANK.get(key)
    return entry.item if entry else None

"""Records that no single face owns: people, the audit chain, tokens, background work, what is sent out."""

from viaggio.web.shared.models.alert import Alert, AlertSubscription
from viaggio.web.shared.models.audit import AuditEntry, AuditHead
from viaggio.web.shared.models.outgoing import Outgoing, PostRate, Suppression, WebhookEndpoint
from viaggio.web.shared.models.tasks import TaskLease
from viaggio.web.shared.models.token import ApiToken
from viaggio.web.shared.models.user import LANGUAGES, THEMES, User
from viaggio.web.shared.models.write_key import WriteKey

__all__ = [
    "LANGUAGES", "THEMES", "Alert", "AlertSubscription", "ApiToken", "AuditEntry", "AuditHead", "Outgoing",
    "PostRate", "Suppression", "TaskLease", "User", "WebhookEndpoint",
    "WriteKey",
]  # fmt: skip

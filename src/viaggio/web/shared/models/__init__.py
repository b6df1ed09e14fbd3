"""Records that no single face owns: the audit chain, API tokens, leases of background work."""

from viaggio.web.shared.models.audit import AuditEntry, AuditHead
from viaggio.web.shared.models.tasks import TaskLease
from viaggio.web.shared.models.token import ApiToken

__all__ = ["ApiToken", "AuditEntry", "AuditHead", "TaskLease"]

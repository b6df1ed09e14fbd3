"""What people call the actions of the audit. An action without a name here shows its code."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTION_NAMES: Mapping[str, Promise] = {
    "account.signed_in": _("signed in"),
    "account.signed_out": _("signed out"),
    "account.refused": _("sign-in refused"),
    "account.password.chosen": _("chose a password by link"),
    "account.password.changed": _("changed the own password"),
    "account.profile.changed": _("changed the own profile"),
    "account.session.ended": _("ended a session"),
    "account.token.made": _("made an API token"),
    "account.token.revoked": _("ended an API token"),
    "people.person.made": _("added a person"),
    "people.person.deactivated": _("shut a person out"),
    "people.person.reactivated": _("let a person in again"),
    "people.roles.changed": _("changed roles"),
    "people.link.made": _("made a password link"),
    "export.table": _("exported a table"),
    "customer.seen": _("looked at a customer"),
    "customer.listed": _("saw customers in a list"),
    "customer.searched": _("searched customers"),
    "customer.merged": _("joined customers"),
    "customer.split": _("parted customers"),
    "customer.exported": _("exported a customer"),
    "data.imported": _("imported data"),
    "data.uploaded": _("brought files to be looked at"),
    "data.upload.discarded": _("threw brought files away"),
    "data.fold.asked": _("set the reading of imports going"),
    "data.rejects.seen": _("looked at rejected rows"),
    "data.rejects.taken": _("took rejected rows"),
}
DETAIL_NAMES: Mapping[str, Promise] = {
    "roles": _("Roles"),
    "before": _("Before"),
    "after": _("After"),
    "function": _("Function"),
    "unit": _("Unit or team"),
    "name": _("Name"),
    "scopes": _("Rights"),
    "columns": _("Columns"),
    "query": _("Question"),
    "address": _("Address"),
    "customers": _("Customers"),
    "files": _("Files"),
    "file": _("File"),
    "items": _("Imports"),
    "new": _("New"),
    "rows": _("Rows"),
    "reason": _("Reason"),
}

"""The database itself refuses to change or remove what was paid, from what, and under which plan.

The ledger, snapshots and awards never change at all; the text of a plan version from the moment it is
submitted. Schema changes are the one place outside `store/sql` that holds SQL.
"""

from typing import Any

from django.db import migrations

NEVER = {
    "incentive_ledgerentry": "the ledger is append-only",
    "incentive_snapshot": "a snapshot never changes",
    "incentive_awardline": "an award never changes",
}
PLANS, PLAN_WORDS = "incentive_planversion", "a submitted plan never changes"
FROZEN = ("plan_id", "number", "source", "document", "sha256", "parts", "author_id", "created_at")
FREE = ("draft", "simulated")

_STATES = ", ".join(f"'{state}'" for state in FREE)
SQLITE = [
    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
    for table, words in NEVER.items()
    for verb in ("UPDATE", "DELETE")
] + [
    f"CREATE TRIGGER {PLANS}_no_update BEFORE UPDATE OF {', '.join(FROZEN)} ON {PLANS} "
    f"WHEN OLD.state NOT IN ({_STATES}) AND ("
    + " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FROZEN)
    + f") BEGIN SELECT RAISE(ABORT, '{PLAN_WORDS}'); END",
    f"CREATE TRIGGER {PLANS}_no_delete BEFORE DELETE ON {PLANS} WHEN OLD.state NOT IN ({_STATES}) "
    f"BEGIN SELECT RAISE(ABORT, '{PLAN_WORDS}'); END",
]
POSTGRESQL = [
    "CREATE FUNCTION incentive_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION '%', TG_ARGV[0]; END $$",
    *(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
        f"EXECUTE FUNCTION incentive_refuse('{words}')"
        for table, words in NEVER.items()
    ),
    *(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
        f"EXECUTE FUNCTION incentive_refuse('{words}')"
        for table, words in NEVER.items()
    ),
    f"CREATE TRIGGER {PLANS}_no_update BEFORE UPDATE ON {PLANS} FOR EACH ROW "
    f"WHEN (OLD.state NOT IN ({_STATES}) AND ("
    + " OR ".join(
        f"NEW.{name}{'::text' if name == 'document' else ''} IS DISTINCT FROM "
        f"OLD.{name}{'::text' if name == 'document' else ''}"
        for name in FROZEN
    )
    + f")) EXECUTE FUNCTION incentive_refuse('{PLAN_WORDS}')",
    f"CREATE TRIGGER {PLANS}_no_delete BEFORE DELETE ON {PLANS} FOR EACH ROW "
    f"WHEN (OLD.state NOT IN ({_STATES})) EXECUTE FUNCTION incentive_refuse('{PLAN_WORDS}')",
]


def close_for_good(apps: Any, schema_editor: Any) -> None:
    """Put the triggers in place."""
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("incentive", "0001_initial")]
    operations = [migrations.RunPython(close_for_good)]

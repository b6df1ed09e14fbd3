"""The database itself refuses to change or remove a published version: an answer points at what was asked.

Who published it may become unknown, when that person's account goes. Truncating is left to PostgreSQL's
rights: it empties all tables together or none.
"""

from typing import Any

from django.db import migrations

TABLE = "pulse_questionnaireversion"
WORDS = "a published version never changes"
FROZEN = ("questionnaire_id", "number", "definition", "digest", "published_at")

SQLITE = [
    f"CREATE TRIGGER published_no_update BEFORE UPDATE OF {', '.join(FROZEN)} ON {TABLE} "
    f"WHEN OLD.published_at IS NOT NULL AND ("
    + " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in FROZEN)
    + f") BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
    f"CREATE TRIGGER published_no_delete BEFORE DELETE ON {TABLE} WHEN OLD.published_at IS NOT NULL "
    f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END",
]
POSTGRESQL = [
    f"CREATE FUNCTION published_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
    f"BEGIN RAISE EXCEPTION '{WORDS}'; END $$",
    f"CREATE TRIGGER published_no_update BEFORE UPDATE ON {TABLE} FOR EACH ROW "
    f"WHEN (OLD.published_at IS NOT NULL AND ("
    + " OR ".join(
        f"NEW.{name}{cast} IS DISTINCT FROM OLD.{name}{cast}"
        for name in FROZEN
        for cast in ("::text" if name == "definition" else "",)
    )
    + ")) EXECUTE FUNCTION published_refuse()",
    f"CREATE TRIGGER published_no_delete BEFORE DELETE ON {TABLE} FOR EACH ROW "
    f"WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION published_refuse()",
]


def freeze(apps: Any, schema_editor: Any) -> None:
    """Put the triggers in place."""
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("pulse", "0003_drawings")]
    operations = [migrations.RunPython(freeze)]

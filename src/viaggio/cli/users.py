"""`viaggio user`: people who sign in, and tokens for programs."""

from datetime import timedelta
from pathlib import Path

import click

from viaggio.cli.output import formats, show, workspace_option
from viaggio.kernel import ViaggioError


def _prepare(folder: Path | None) -> None:
    from viaggio.store.workspace import find_workspace, open_workspace
    from viaggio.web.serve import prepare

    prepare(open_workspace(find_workspace(folder)).root)


@click.group()
def user() -> None:
    """People who sign in, and tokens for programs."""


@user.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option(
    "--role", "roles", multiple=True, required=True, help="May be repeated; 'viaggio user roles' lists them."
)
@click.option("--function", default="", help="The business function, for a head of function.")
@click.option("--language", type=click.Choice(["it", "en"]), default="it", show_default=True)
@click.password_option(help="Asked for when it is not given.")
@workspace_option
def add(
    email: str,
    name: str,
    roles: tuple[str, ...],
    function: str,
    language: str,
    password: str,
    folder: Path | None,
) -> None:
    """Add a person who signs in with EMAIL."""
    _prepare(folder)
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from viaggio.web.shared.models import User
    from viaggio.web.shared.persons import create_user
    from viaggio.web.shared.roles import Role

    unknown = set(roles) - set(Role)
    if unknown:
        raise ViaggioError(f"role '{min(unknown)}' is not known", hint=f"Known: {', '.join(Role)}.")
    if User.objects.filter(email=email.strip().lower()).exists():
        raise ViaggioError(f"{email} is here already", hint="Change roles on the page 'People and roles'.")
    try:
        validate_password(password)
    except ValidationError as error:
        raise ViaggioError("the password is not good enough", hint=" ".join(error.messages)) from error
    create_user(
        email,
        name=name,
        roles=[Role(role) for role in roles],
        function=function,
        language=language,
        password=password,
        by="command line",
    )
    click.echo(f"{email} can sign in.")


@user.command("roles")
@formats
def roles_(form: str) -> None:
    """List the roles and what each may do."""
    from viaggio.web.shared.roles import RIGHTS

    show(
        form, ("role", "rights"), [(role.value, ", ".join(sorted(rights))) for role, rights in RIGHTS.items()]
    )


@user.command("token")
@click.argument("email")
@click.option("--name", required=True, help="What the token is for.")
@click.option(
    "--scope", "scopes", multiple=True, required=True, help="A right of the person; may be repeated."
)
@click.option("--days", default=90, show_default=True, help="Days until it ends.")
@workspace_option
def token(email: str, name: str, scopes: tuple[str, ...], days: int, folder: Path | None) -> None:
    """Make a token with which a program acts as EMAIL; it is shown once."""
    _prepare(folder)
    from django.utils import timezone

    from viaggio.web.shared.models import User
    from viaggio.web.shared.roles import Right
    from viaggio.web.shared.tokens import issue

    person = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if person is None:
        raise ViaggioError(f"nobody signs in as {email}", hint="Add the person with 'viaggio user add'.")
    unknown = set(scopes) - set(Right)
    if unknown:
        raise ViaggioError(f"scope '{min(unknown)}' is not known", hint=f"Known: {', '.join(Right)}.")
    _, secret = issue(
        person,
        name=name,
        scopes=[Right(s) for s in scopes],
        lifetime=timedelta(days=days),
        now=timezone.now(),
    )
    click.echo(secret)

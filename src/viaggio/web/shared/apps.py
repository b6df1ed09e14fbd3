"""The app of what every face shares."""

from django.apps import AppConfig


class SharedConfig(AppConfig):
    """Audit entries, API tokens and the leases of background work."""

    name = "viaggio.web.shared"
    label = "shared"

    def ready(self) -> None:
        """Be asked about the post whenever a person is erased."""
        from viaggio.web.shared.erasing.keepers import register
        from viaggio.web.shared.erasing.post import PostKeeper

        register("post", PostKeeper())

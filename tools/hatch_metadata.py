"""The wheel's dependencies are those of requirements/base.in: written once."""

from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface


class BaseRequirements(MetadataHookInterface):
    """Fills `dependencies` from requirements/base.in."""

    def update(self, metadata: dict[str, object]) -> None:
        """Read the file beside pyproject.toml."""
        lines = (Path(self.root) / "requirements" / "base.in").read_text(encoding="utf-8").splitlines()
        metadata["dependencies"] = [
            line.strip() for line in lines if line.strip() and not line.startswith("#")
        ]

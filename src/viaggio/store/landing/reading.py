"""From a landed item to the reader that turns it into batches."""

from viaggio.kernel import BadWorkspace
from viaggio.store.incoming import Reader
from viaggio.store.landing.item import Item
from viaggio.store.landing.kept import KeptReader
from viaggio.store.landing.land import mapping_text, payload_path
from viaggio.store.workspace import Workspace


def reader(ws: Workspace, landed: Item) -> Reader:
    """The reader of an item's files: by its mapping or by its recipe.

    Raises `BadMapping`, `BadFile` or the recipe's own errors when they can not be read at all.
    """
    files = {p.name: payload_path(ws, landed, p) for p in landed.payloads}
    if landed.kept:
        return KeptReader(files)
    if landed.kind == "mapping":
        from viaggio.store.importers import mapping_reader, read_mapping

        return mapping_reader(files, read_mapping(mapping_text(ws, landed)))
    if landed.kind == "recipe":
        from viaggio.store.recipes import recipe_reader

        return recipe_reader(landed.recipe or "", files, landed.options)
    raise BadWorkspace("a decision has no files to read", place=landed.folder)


def reader_apart(ws: Workspace, landed: Item) -> Reader:
    """As `reader`, in a process of its own with limits: for items that strangers may have sent.

    Raises the same errors, and the `parse.*` codes of `BadFile`.
    """
    from viaggio.store.importers import isolated, isolated_reader

    files = {p.name: payload_path(ws, landed, p) for p in landed.payloads}
    if landed.kind == "mapping":
        return isolated(files, mapping_text(ws, landed))
    if landed.kind == "recipe":
        arguments = {"name": landed.recipe or "", "options": dict(landed.options)}
        return isolated_reader("viaggio.store.recipes:recipe_reader", files, arguments)
    raise BadWorkspace("a decision has no files to read", place=landed.folder)

"""The text of a proposed mapping, line by line, and the questions that it leaves open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from viaggio.customer.tables import IDENTIFIER_COLUMNS
from viaggio.kernel import Column, Kind
from viaggio.store.contracts import FACTS
from viaggio.store.importers.assign import Assignment, is_rating
from viaggio.store.importers.layout import Layout
from viaggio.store.importers.mapping import Format
from viaggio.store.importers.names import code_for, likeness, normal
from viaggio.store.importers.questions import METRICS, OPEN, TEXT_KINDS, Question, one_line, quoted, told
from viaggio.store.importers.rows import target
from viaggio.store.importers.shapes import Shape

_RATING_NAMES = (
    "score, rating, vote, nps, csat, ces, grade, stars, voto, punteggio, valutazione, giudizio, stelle"
)


@dataclass(slots=True)
class Draft:
    """Writes the text; `questions` fill up in the order of their `"?"`."""

    shapes: Mapping[str, Shape]
    source: str
    timezone: str
    currency: str
    rows: int
    questions: list[Question] = field(default_factory=list)
    _decimal: str = "."

    def text(self, chosen: Assignment, kind: Format, layout: Layout) -> str:
        """The whole mapping."""
        styles = [
            shape.decimals for shape in self.shapes.values() if len(shape.decimals) == 1 and not shape.typed
        ]
        self._decimal = "," if styles.count((",",)) > styles.count((".",)) else "."
        lines = [
            f"# Proposed from the names of the columns and {self.rows} rows; please check.",
            f"source = {quoted(self.source)}  # rows with the same id in the same source are one row",
            f"timezone = {quoted(self.timezone)}  # of times that carry no offset",
            f"currency = {quoted(self.currency)}",
            f"decimal = {quoted(self._decimal)}",
            "",
            "[file]",
            f"format = {quoted(kind)}",
        ]
        if kind == "csv":
            lines += [
                f"encoding = {quoted(layout.encoding or 'utf-8')}",
                f"delimiter = {quoted(layout.delimiter or ',')}",
                f"header = {layout.header[0] if layout.header else 0}",
            ]
        if chosen.repeated_id:
            lines += [
                "",
                f"# {one_line(chosen.repeated_id)} does not name every row alone: it is no id.",
            ]
        tables = {"answers": self._answers, "texts": self._texts}.get(chosen.table)
        lines += tables(chosen) if tables else self._table(chosen.table, chosen.columns)
        taken = set(chosen.columns.values())
        left = [source for source in self.shapes if source not in taken]
        if left:
            lines += ["", "# Kept in properties: " + ", ".join(" ".join(source.split()) for source in left)]
        return "\n".join(lines) + "\n"

    def _answers(self, chosen: Assignment) -> list[str]:
        """One table for each rating, and one for the words beside them."""
        lines: list[str] = []
        ratings = [chosen.columns["value"]] if "value" in chosen.columns else []
        ratings += [
            source
            for source, shape in self.shapes.items()
            if source not in chosen.columns.values() and is_rating(shape) and likeness(source, _RATING_NAMES)
        ]
        for source in ratings or [""]:
            columns = {**chosen.columns, "value": source} if source else dict(chosen.columns)
            lines += self._table("answers", columns, several=len(ratings) > 1)
        body = next((s for s, shape in self.shapes.items() if self._is_comment(s, shape, chosen)), None)
        if body:
            words = {name: source for name, source in chosen.columns.items() if name in {*IDENTIFIER_COLUMNS}}
            words |= {"body": body, "written_at": chosen.columns.get("answered_at", "")}
            words |= {name: chosen.columns[name] for name in ("id", "response") if name in chosen.columns}
            lines += self._table("texts", {n: s for n, s in words.items() if s}, constants={"kind": "answer"})
        return lines

    def _texts(self, chosen: Assignment) -> list[str]:
        """The words, and the rating beside them as an answer where each row has its id."""
        lines = self._table("texts", chosen.columns)
        rating = chosen.columns.get("rating")
        if rating and "id" in chosen.columns and is_rating(self.shapes[rating]):
            columns = {
                n: s
                for n, s in chosen.columns.items()
                if n in {*IDENTIFIER_COLUMNS, "id", "order_id", "channel"}
            }
            columns |= {"value": rating, "response": chosen.columns["id"]}
            if "written_at" in chosen.columns:
                columns["answered_at"] = chosen.columns["written_at"]
            lines += self._table("answers", columns)
        return lines

    def _is_comment(self, source: str, shape: Shape, chosen: Assignment) -> bool:
        if source in chosen.columns.values() or shape.number or shape.date or not shape.filled:
            return False
        return likeness(source, "comment, commento, commenti, motivazione, note, feedback, verbatim") >= 45

    def _table(
        self,
        table: str,
        columns: Mapping[str, str],
        *,
        several: bool = False,
        constants: Mapping[str, str] | None = None,
    ) -> list[str]:
        contract = FACTS[table]
        lines = ["", "[[table]]", f"name = {quoted(table)}"]
        if "id" in columns and several:
            lines.append("id = { template = " + quoted(f"{{{columns['id']}}}-{columns['value']}") + " }")
        elif "id" in columns:
            lines.append(f"id = {quoted(columns['id'])}")
        else:
            lines.append(
                "# No column names each row: rows are known by their content, the same row twice counts once."
            )
        if table == "texts":
            lines.append(
                f"where = [{{ column = {quoted(columns['body'])}, filled = true }}]"
                if "body" in columns
                else ""
            )
        if table == "answers" and "value" in columns:
            lines.append(f"where = [{{ column = {quoted(columns['value'])}, filled = true }}]")
        lines += ["", "[table.columns]"]
        identifiers = IDENTIFIER_COLUMNS if contract.customer else ()
        for name in (*identifiers, *contract.names):
            column = target(contract, name)
            known = self._known(table, column, columns, constants or {})
            if name in columns:
                lines += self._mapped(table, column, columns[name])
            elif known:
                lines.append(f"{name} = {{ value = {quoted(known)} }}")
            elif column.needed:
                lines.append(self._needed(table, column))
        return [line for at, line in enumerate(lines) if line or at == 0 or lines[at - 1]]

    def _known(
        self, table: str, column: Column, columns: Mapping[str, str], constants: Mapping[str, str]
    ) -> str:
        """A constant that the columns' names or values tell."""
        if column.name in constants:
            return constants[column.name]
        if table == "texts":
            return self._known_of_text(column.name, columns)
        return self._known_of_rating(column.name, columns["value"]) if columns.get("value") else ""

    def _known_of_text(self, name: str, columns: Mapping[str, str]) -> str:
        if name == "kind":
            return told(normal(" ".join(columns.values())), TEXT_KINDS)
        high = self.shapes[columns["rating"]].high if "rating" in columns else None
        return f"{high:g}" if name == "rating_max" and high in {5.0, 10.0} else ""

    def _known_of_rating(self, name: str, source: str) -> str:
        low, high = self._scale(source)
        known = {
            "item": normal(source).replace(" ", "_") or "item",
            "metric": told(normal(source), METRICS),
            "scale_min": low,
            "scale_max": high,
        }
        return known.get(name, "")

    def _scale(self, source: str) -> tuple[str, str]:
        """The ends of the scale where the values or the name show them, else empty."""
        shape = self.shapes[source]
        if told(normal(source), METRICS) == "nps" or (shape.low == 0 and shape.high == 10):
            return "0", "10"
        return ("1", f"{shape.high:g}") if shape.low == 1 and shape.high in {5.0, 7.0, 10.0} else ("", "")

    def _needed(self, table: str, column: Column) -> str:
        key = f"{table}.{column.name}"
        names = tuple(quoted(source) for source in self.shapes)
        if column.kind is Kind.CODE or column.name.startswith("scale_"):
            choices = tuple(quoted(str(code)) for code in column.allowed)
            if column.name == "metric":
                choices = tuple(quoted(metric) for metric in ("nps", "csat", "ces", "pillar", "review"))
            code = "question.scale" if column.name.startswith("scale_") else "question.needed"
            return f"{column.name} = {{ value = {self._ask(code, key, '', (), choices)} }}"
        asked = self._ask("question.needed", key, "", (), names)
        if column.kind in {Kind.TIME, Kind.DAY}:
            return f'{column.name} = {{ column = {asked}, format = "iso" }}'
        return f"{column.name} = {asked}"

    def _mapped(self, table: str, column: Column, source: str) -> list[str]:
        shape = self.shapes[source]
        key = f"{table}.{column.name}"
        options: list[str] = []
        lines: list[str] = []
        if column.kind in {Kind.TIME, Kind.DAY}:
            lines, options = self._date(key, source, shape)
        elif column.kind in {Kind.CENTS, Kind.NUMBER, Kind.WHOLE}:
            lines, options = self._amount(key, source, shape, column)
        elif column.allowed:
            options = self._codes(key, source, shape, column)
        value = quoted(source)
        if options:
            value = f"{{ column = {value}, {', '.join(options)} }}"
        return [*lines, f"{column.name} = {value}"]

    def _date(self, key: str, source: str, shape: Shape) -> tuple[list[str], list[str]]:
        if len(shape.formats) == 1:
            note = [f"# {shape.proof} settles the order of day and month."] if shape.proof else []
            return note, [f"format = {quoted(shape.formats[0])}"]
        examples = shape.values[:5]
        if shape.formats:
            choices = tuple(quoted(text) for text in shape.formats)
            asked = self._ask("question.day_or_month_first", key, source, examples, choices)
            comment = f"# {', '.join(examples[:2])}: day first or month first? One of {', '.join(choices)}."
        else:
            together = "[" + ", ".join(map(quoted, shape.mixed)) + "]"
            asked = self._ask("question.date_format", key, source, examples, (together,))
            comment = (
                f"# Several formats in one column: {', '.join(examples[:3])}. If that is right: {together}."
            )
        return [one_line(comment)], [f"format = {asked}"]

    def _amount(self, key: str, source: str, shape: Shape, column: Column) -> tuple[list[str], list[str]]:
        options = []
        lines = []
        if not shape.told and not shape.typed:
            asked = self._ask("question.decimal", key, source, shape.values[:5], ('"."', '","'))
            lines = [one_line(f"# {', '.join(shape.values[:3])}: what is the decimal sign? Point or comma.")]
            options = [f"decimal = {asked}"]
        elif self._decimal not in shape.decimals and not shape.typed:
            options = [f"decimal = {quoted(shape.decimals[0])}"]
        words = set(normal(source).split())
        if column.kind is Kind.CENTS and words & {"cents", "cent", "centesimi"}:
            options.append('unit = "cents"')
        return lines, options

    def _codes(self, key: str, source: str, shape: Shape, column: Column) -> list[str]:
        allowed = [str(code) for code in column.allowed]
        if set(shape.values) <= set(allowed):
            return []
        pairs = []
        for value in shape.values:
            code = value if value in allowed else code_for(column.name, value)
            choices = tuple(map(quoted, allowed))
            put = (
                quoted(code)
                if code in allowed
                else self._ask("question.codes", f"{key}.{value}", source, (value,), choices)
            )
            pairs.append(f"{quoted(value)} = {put}")
        return ["codes = { " + ", ".join(pairs) + " }"]

    def _ask(
        self, code: str, key: str, column: str, examples: Iterable[str], choices: tuple[str, ...]
    ) -> str:
        while any(question.key == key for question in self.questions):
            key += "'"
        self.questions.append(
            Question(code=code, key=key, column=column, examples=tuple(examples), choices=choices)
        )
        return OPEN

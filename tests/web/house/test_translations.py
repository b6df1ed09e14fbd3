"""The checks of templates, catalogues and vendored files find what is planted."""

import translations
from babel.messages.catalog import Catalog

import vendor


def test_bare_text_is_found_and_translated_text_is_not():
    assert translations.bare_text("<p>{% translate 'Save' %} {{ name }} 12 · CSV</p>") == []
    assert translations.bare_text("{% blocktranslate %}Hello {{ name }}{% endblocktranslate %}") == []
    assert translations.bare_text("<p>Save {{ name }}</p>") == ["Save"]
    assert translations.bare_text('<img alt="A house">') == ["A house"]
    assert translations.bare_text("<a {% if x %}class='b'{% endif %} title=\"Go\">{{ y }}</a>") == ["Go"]


def test_codes_names_of_languages_and_scripts_are_no_prose():
    assert translations.bare_text('<code>viaggio demo</code><span lang="en">English</span>') == []


def test_messages_of_code_and_templates_are_extracted(tmp_path, monkeypatch):
    (tmp_path / "views.py").write_text("title = _('Orders')\nx = ngettext('%d order', '%d orders', n)\n")
    (tmp_path / "page.html").write_text(
        "{% translate 'Save' context 'button' %}{% blocktranslate %}Hi {{ x }}{% endblocktranslate %}"
    )
    monkeypatch.setattr(translations, "WEB", tmp_path)
    found = {translations.key(m) for m in translations.extracted("face", tmp_path) if m.id}
    assert found == {("", "Orders"), ("", "%d order"), ("button", "Save"), ("", "Hi %(x)s")}


def test_a_missing_and_a_changed_translation_are_named(tmp_path, monkeypatch):
    face = tmp_path / "web" / "face"
    face.mkdir(parents=True)
    (face / "__init__.py").write_text("")
    (face / "views.py").write_text("a = _('Orders of %(name)s')\nb = _('Save')\n")
    monkeypatch.setattr(translations, "WEB", tmp_path / "web")
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    translations.merge()
    assert sum("no Italian" in fault for fault in translations.faults()) == 2
    written = face / translations.PO
    text = written.read_text()
    text = text.replace('msgid "Save"\nmsgstr ""', 'msgid "Save"\nmsgstr "Salva"')
    text = text.replace('%(name)s"\nmsgstr ""', '%(name)s"\nmsgstr "Ordini di %(nome)s"')
    written.write_text(text)
    faults = "\n".join(translations.faults())
    assert "other placeholders" in faults
    assert "stale" in faults
    written.write_text(text.replace("%(nome)s", "%(name)s"))
    translations.merge()
    assert translations.faults() == []


def test_compiling_twice_gives_the_same_bytes(tmp_path):
    catalog = Catalog(locale="it", domain="django")
    catalog.add("Save", "Salva")
    (tmp_path / translations.PO).parent.mkdir(parents=True)
    (tmp_path / translations.PO).write_bytes(translations.as_po(catalog))
    assert translations.as_mo(tmp_path) == translations.as_mo(tmp_path)
    assert b"Creation-Date" not in translations.as_po(catalog)


def test_vendored_files_are_as_they_were_published():
    assert vendor.faults() == []


def test_a_changed_vendored_file_is_named(tmp_path, monkeypatch):
    package = vendor.packages()[0]
    kept = {}
    for name in vendor._kept_names(package):
        path = tmp_path / package["into"] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((vendor.ROOT / package["into"] / name).read_bytes())
        kept[name] = path
    monkeypatch.setattr(vendor, "packages", lambda: [package])
    monkeypatch.setattr(vendor, "ROOT", tmp_path)
    assert vendor.faults() == []
    kept["htmx.min.js"].write_text("changed")
    (kept["htmx.min.js"].parent / "extra.js").write_text("")
    faults = "\n".join(vendor.faults())
    assert "htmx.min.js was changed" in faults
    assert "extra.js is in no package" in faults

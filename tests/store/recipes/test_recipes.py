"""The door: which recipe fits, what it needs and refuses; and that a recipe gives the same rows always."""

import gzip
import re
import shutil
from pathlib import Path

import pyarrow as pa
import pytest

from viaggio.journey.model import CHANNELS, FUNCTIONS
from viaggio.kernel import BadFile
from viaggio.store.recipes import RECIPES, BadOption, UnknownRecipe, detect, files_of, recipe_reader

SAMPLES = Path(__file__).parents[2] / "data"
SAMPLED = ("completejourney", "helpdesk", "olist", "online_shoppers", "telco_churn")


@pytest.mark.parametrize("name", SAMPLED)
def test_folder_is_known_by_its_files(name):
    assert detect(SAMPLES / name) == name


@pytest.mark.parametrize("name", SAMPLED)
def test_same_files_give_the_same_batches(name):
    def run():
        batches = list(recipe_reader(name, files_of(name, SAMPLES / name), {}).batches())
        return [(b.table, b.rows and b.rows.to_pylist(), b.rejects, b.read, b.bytes_read) for b in batches]

    assert run() == run()


@pytest.mark.parametrize("name", SAMPLED)
@pytest.mark.parametrize("pack", ["gzip", "zstd"])
def test_compressed_files_give_the_same_rows(name, pack, take, tmp_path):
    for file in (SAMPLES / name).iterdir():
        plain = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        packed = pa.compress(plain, codec=pack, asbytes=True)
        (tmp_path / (file.name.removesuffix(".gz") + (".gz" if pack == "gzip" else ".zst"))).write_bytes(
            packed
        )
    assert detect(tmp_path) == name
    want, got = take(name, SAMPLES / name), take(name, tmp_path)
    assert {table: rows.to_pylist() for table, rows in got.tables.items()} == {
        table: rows.to_pylist() for table, rows in want.tables.items()
    }


def test_one_file_is_known_too(tmp_path):
    assert detect(SAMPLES / "helpdesk/helpdesk.xes.gz") == "helpdesk"
    shutil.copy(SAMPLES / "helpdesk/helpdesk.xes.gz", tmp_path / "tickets.xes.gz")
    assert detect(tmp_path) == "xes"


def test_right_name_with_other_columns_does_not_fit(tmp_path):
    (tmp_path / "online_shoppers_intention.csv").write_text("a,b\n1,2\n")
    assert detect(tmp_path) is None


def test_empty_folder_and_half_a_set_fit_nothing(tmp_path):
    assert detect(tmp_path) is None
    shutil.copy(SAMPLES / "olist/olist_orders_dataset.csv", tmp_path)
    assert detect(tmp_path) is None


def test_half_a_set_is_refused_with_what_is_missing():
    files = files_of("olist", SAMPLES / "olist")
    del files["olist_order_items_dataset.csv"]
    with pytest.raises(BadFile, match=r"olist_order_items_dataset\.csv") as refused:
        recipe_reader("olist", files, {})
    assert refused.value.code == "file.set_not_whole"


def test_files_that_no_role_takes_are_left_alone():
    files = {**files_of("olist", SAMPLES / "olist"), "README.md": SAMPLES / "README.md"}
    assert "README.md" not in recipe_reader("olist", files, {}).files()


def test_unknown_recipe_names_the_near_one():
    with pytest.raises(UnknownRecipe, match="Did you mean 'olist'"):
        recipe_reader("olost", {}, {})


def test_unknown_option_and_time_zone_are_refused_before_reading():
    files = files_of("olist", SAMPLES / "olist")
    with pytest.raises(BadOption, match=r"no option 'zone'\. Known: timezone"):
        recipe_reader("olist", files, {"zone": "UTC"})
    with pytest.raises(BadOption, match="'Mars/Olympus' is not a time zone"):
        recipe_reader("olist", files, {"timezone": "Mars/Olympus"})


def test_name_of_the_source_is_no_option_of_a_recipe():
    recipe_reader("olist", files_of("olist", SAMPLES / "olist"), {"source": "my shop"})


@pytest.mark.parametrize("name", RECIPES)
def test_catalogue_makes_sense(name):
    places = RECIPES[name].touchpoints
    assert len({place.slug for place in places}) == len(places)
    for place in places:
        assert re.fullmatch("[a-z][a-z0-9_]*", place.slug)
        assert place.owner_function in FUNCTIONS
        assert place.owner_function not in place.partner_functions
        assert set(place.partner_functions) <= set(FUNCTIONS)
        assert place.channels
        assert set(place.channels) <= set(CHANNELS)
        assert place.name_it != place.name_en


@pytest.mark.parametrize("name", RECIPES)
def test_each_option_is_explained_and_each_role_has_a_pattern(name):
    recipe = RECIPES[name]
    assert recipe.about.keys() == recipe.options.keys()
    assert recipe.optional <= recipe.files.keys()
    assert recipe.columns.keys() <= recipe.files.keys()


@pytest.mark.parametrize("name", SAMPLED)
def test_interactions_take_place_at_touchpoints_of_the_catalogue(name, take):
    got = take(name, SAMPLES / name)
    slugs = set(got["touchpoints"]["id"].to_pylist())
    places = {row["touchpoint"] for row in got.rows("interactions")}
    assert places <= slugs
    phases = {place.slug: str(place.phase) for place in RECIPES[name].touchpoints}
    assert all(row["phase"] == phases[row["touchpoint"]] for row in got.rows("interactions"))


@pytest.mark.shared
def test_each_real_set_is_known_by_its_files(shared_data):
    folders = {
        "olist_sample": "olist", "online_shoppers": "online_shoppers", "epub_sessions": "epub_sessions",
        "completejourney": "completejourney", "telco_churn": "telco_churn", "log_helpdesk_it": "helpdesk",
        "log_receipt": "xes", "cdnow": None, "sfo_survey": None, "womens_clothing": None,
    }  # fmt: skip
    assert {name: detect(shared_data / name) for name in folders} == folders

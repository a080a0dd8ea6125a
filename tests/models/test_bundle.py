"""What a bundle gives back, and what it refuses to give."""

from __future__ import annotations

import json
import os
import shutil
import threading
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from data.errors import BundleMissing, BundleRefused, UnknownCatalogue
from models.build import write_bundle
from models.bundle import CURRENT, FORMAT, MANIFEST, TIMINGS, Bundle, Library
from models.versions import library_versions
from tests.models.tiny import flip, learned, rewrite

FILES = [
    MANIFEST,
    "tracks.arrow",
    "rejected.arrow",
    "search.arrow",
    "cluster_choice.arrow",
    "cluster_profiles.arrow",
    "cluster_examples.arrow",
    "genre_candidates.arrow",
    "genre_confusion.arrow",
    "genre_reliability.arrow",
    "genre_scores_by_class.arrow",
    "genre_importance.arrow",
    "genre_importance_groups.arrow",
    "recording_codes.npy",
    "genre_codes.npy",
    "cluster_labels.npy",
    "cluster_cuts.npy",
    "density_labels.npy",
    "genre_oof_proba.npy",
    "cluster_model.joblib",
    "genre_prediction_model.joblib",
    "label_encoder.joblib",
]
REMEDY = r"Rebuild it: \S*python -m dash_app build SOURCE --name planted\.$"


class LeavesATrace:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.path),)


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A home with one tiny bundle; not to be written to."""
    home = tmp_path_factory.mktemp("built")
    write_bundle(learned(), home, timings={"clusters": 0.5, "genre": 1.5})
    return home


@pytest.fixture
def home(built, tmp_path) -> Path:
    """A copy of it, to be written to."""
    return Path(shutil.copytree(built, tmp_path / "home"))


@pytest.fixture
def folder(home) -> Path:
    """The bundle's folder in that copy."""
    return Library(home).open().folder


@pytest.fixture(scope="module")
def bundle(built) -> Bundle:
    return Library(built).open()


class TestWhatComesBack:
    def test_is_every_table(self, bundle):
        for stem, table in learned().tables.items():
            found = bundle.table(stem)
            assert found.schema == table.schema, stem
            pd.testing.assert_frame_equal(found.to_pandas(), table.to_pandas())

    def test_is_every_array_mapped_from_its_file_and_read_only(self, bundle):
        for stem, array in learned().arrays.items():
            found = bundle.array(stem)
            assert isinstance(found, np.memmap)
            assert Path(found.filename) == (bundle.folder / f"{stem}.npy").resolve()
            assert not found.flags.writeable
            np.testing.assert_array_equal(found, array)

    def test_are_tables_mapped_from_their_files(self, bundle):
        before = pa.total_allocated_bytes()
        table = bundle.table("tracks")
        assert table.nbytes > 10_000
        assert pa.total_allocated_bytes() == before

    def test_are_estimators_that_answer_the_same(self, bundle):
        X = learned().catalogue.features()
        for stem, estimator in learned().estimators.items():
            if hasattr(estimator, "predict"):
                np.testing.assert_array_equal(bundle.estimator(stem).predict(X), estimator.predict(X))
        assert "genre_prediction_model" in learned().estimators

    def test_are_the_classes_of_the_label_encoder(self, bundle):
        assert list(bundle.estimator("label_encoder").classes_) == bundle.facts("genre")["classes"]

    def test_is_the_same_estimator_each_time(self, bundle):
        assert bundle.estimator("label_encoder") is bundle.estimator("label_encoder")

    def test_are_counts_that_agree_with_each_other(self, bundle):
        provenance = bundle.provenance
        assert len(bundle) == bundle.manifest["n_tracks"] == provenance.rows_kept == 150
        assert provenance == learned().catalogue.provenance
        assert {len(column) for column in bundle.columns.values()} == {150}
        assert sorted(bundle.row_of.values()) == list(range(150))

    def test_are_columns_for_whatever_was_learned(self, bundle):
        assert {"genre", "cluster", "energy", "popularity", "release_year"} <= bundle.columns.keys()
        assert "map_x" not in bundle.columns

    def test_are_scores_by_recipe(self, bundle):
        assert bundle.scores() == tuple(card for fitted in learned().fitted.values() for card in fitted.scores)
        assert {card.recipe for card in bundle.scores("genre")} == {"genre"}
        assert bundle.scores("map") == ()

    def test_are_facts_as_they_were_left(self, bundle):
        assert bundle.facts("genre") == learned().fitted["genre"].facts
        assert bundle.facts("map") == {}
        assert bundle.skipped("genre") == ""

    def test_is_the_size_of_all_files(self, bundle):
        unmeasured = {MANIFEST, TIMINGS}
        on_disk = sum(path.stat().st_size for path in bundle.folder.iterdir() if path.name not in unmeasured)
        assert bundle.size_bytes == on_disk

    def test_is_nothing_that_the_manifest_does_not_name(self, folder):
        (folder / "stray.npy").write_bytes(b"")
        opened = Bundle(folder)
        assert not opened.holds("stray.npy")
        with pytest.raises(KeyError, match=r"stray\.npy"):
            opened.array("stray")

    def test_equal_ids_are_equal_bundles(self, bundle):
        again = Bundle(bundle.folder)
        assert again == bundle
        assert len({again, bundle}) == 1
        assert bundle != bundle.id


class TestWhatIsRefused:
    def test_is_tried_for_every_file(self, folder):
        assert {path.name for path in folder.iterdir()} == {*FILES, TIMINGS}

    @pytest.mark.parametrize("at", [0, 0.5, 1], ids=["first", "middle", "last"])
    @pytest.mark.parametrize("name", FILES)
    def test_a_flipped_byte(self, name, at, folder):
        flip(folder / name, at=at)
        why = "manifest.json was changed after the build" if name == MANIFEST else f"{name} is damaged"
        with pytest.raises(BundleRefused, match=f"'planted' is refused: {why} .*{REMEDY}"):
            Bundle(folder)

    @pytest.mark.parametrize("name", FILES)
    def test_a_missing_file(self, name, folder):
        (folder / name).unlink()
        why = "its manifest is missing" if name == MANIFEST else f"{name} is missing"
        with pytest.raises(BundleRefused, match=f"{why} .*{REMEDY}"):
            Bundle(folder)

    def test_a_truncated_file(self, folder):
        os.truncate(folder / "tracks.arrow", 100)
        with pytest.raises(BundleRefused, match=r"tracks\.arrow is damaged"):
            Bundle(folder)

    @pytest.mark.parametrize("library", library_versions())
    def test_a_foreign_library_version(self, library, folder):
        renamed = rewrite(folder, lambda manifest: manifest["versions"].update({library: "0.0.1"}))
        why = f"it was written with {library} 0.0.1, here is {library_versions()[library]}"
        with pytest.raises(BundleRefused, match=f"{why} .*{REMEDY}"):
            Bundle(renamed)

    def test_a_library_that_the_builder_did_not_have(self, folder):
        renamed = rewrite(folder, lambda manifest: manifest["versions"].pop("lightgbm"))
        with pytest.raises(BundleRefused, match="it was written with lightgbm None"):
            Bundle(renamed)

    def test_another_form(self, folder):
        renamed = rewrite(folder, lambda manifest: manifest.update(format=FORMAT + 1))
        with pytest.raises(BundleRefused, match=f"the form of another version of Songscape .*{REMEDY}"):
            Bundle(renamed)

    def test_a_folder_of_another_name(self, folder):
        with pytest.raises(BundleRefused, match="was changed after the build"):
            Bundle(folder.rename(folder.with_name("f" * 16)))

    def test_a_consistent_bundle_is_not(self, folder):
        assert Bundle(rewrite(folder)).name == "planted"

    def test_with_a_remedy_that_can_be_run_as_it_stands_for_the_embedded_catalogue(self, home, folder):
        sample = folder.parent.rename(folder.parent.with_name("sample"))
        flip(sample / folder.name / MANIFEST)
        with pytest.raises(BundleRefused, match=r"Rebuild it: \S*python -m dash_app build sample\.$"):
            Library(home).open("sample")


class TestPickles:
    def test_a_swapped_one_is_refused_before_it_is_loaded(self, folder, tmp_path):
        joblib.dump(LeavesATrace(tmp_path / "trace"), folder / "label_encoder.joblib")
        with pytest.raises(BundleRefused, match=r"label_encoder\.joblib is damaged"):
            Bundle(folder)
        assert not (tmp_path / "trace").exists()

    def test_none_is_loaded_by_opening(self, folder, tmp_path):
        joblib.dump(LeavesATrace(tmp_path / "trace"), folder / "label_encoder.joblib")
        opened = Bundle(rewrite(folder))
        assert not (tmp_path / "trace").exists()
        opened.preload()
        assert (tmp_path / "trace").is_dir()

    def test_arrays_hold_none(self, folder, tmp_path):
        trap = np.array([LeavesATrace(tmp_path / "trace")], dtype=object)
        np.save(folder / "genre_codes.npy", trap, allow_pickle=True)
        with pytest.raises(ValueError, match=r"allow_pickle|Array can't be memory-mapped"):
            Bundle(rewrite(folder)).array("genre_codes")
        assert not (tmp_path / "trace").exists()


class TestLibrary:
    def test_says_what_to_do_where_nothing_was_built(self, tmp_path):
        with pytest.raises(
            BundleMissing, match=r"^No catalogue was built yet \(.*\)\. Run .* -m dash_app build sample\.$"
        ):
            Library(tmp_path).open()

    def test_names_what_there_is_where_a_catalogue_is_unknown(self, built):
        with pytest.raises(UnknownCatalogue, match=r"^There is no catalogue named 'jazz'\. Built so far: planted\.$"):
            Library(built).open("jazz")

    @pytest.mark.parametrize("name", ["../bundles/planted", "planted/", ".", "", "planted\0"])
    def test_opens_no_path(self, name, built):
        if not name:
            assert Library(built).open(name) == Library(built).open("planted")
            return
        with pytest.raises(UnknownCatalogue):
            Library(built).open(name)

    def test_lists_the_embedded_catalogue_first(self, home):
        for name in ("sample", "aaa"):
            shutil.copytree(home / "bundles" / "planted", home / "bundles" / name)
        (home / "bundles" / "unfinished").mkdir()
        library = Library(home)
        assert library.names == ["sample", "aaa", "planted"]
        assert library.default == "sample"

    def test_opens_a_bundle_once(self, built):
        library = Library(built)
        assert library.open() is library.open("planted")

    def test_opens_another_bundle_when_it_has_become_current(self, home):
        library = Library(home)
        first = library.open()
        write_bundle(learned(1), home, timings={})
        assert library.open().manifest["seed"] == 1
        assert first.manifest["seed"] == 0
        assert len(first.table("search")) == 150

    def test_keeps_no_refused_bundle(self, home, folder):
        library = Library(home)
        whole = (folder / MANIFEST).read_bytes()
        flip(folder / MANIFEST)
        with pytest.raises(BundleRefused):
            library.open()
        (folder / MANIFEST).write_bytes(whole)
        assert library.open().id == folder.name

    def test_refuses_a_pointer_to_nothing(self, home, folder):
        (folder.parent / CURRENT).write_text("f" * 16)
        with pytest.raises(BundleRefused, match=f"its manifest is missing .*{REMEDY}"):
            Library(home).open()

    def test_gives_many_threads_the_same_bundle(self, built):
        library, found = Library(built), []
        threads = [threading.Thread(target=lambda: found.append(library.open())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8
        assert all(one is found[0] for one in found)


def test_the_manifest_is_json_that_a_person_can_read(bundle):
    manifest = json.loads((bundle.folder / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["versions"] == library_versions()
    assert manifest["seed"] == 0
    assert manifest["n_tracks"] == 150
    assert all(len(file["sha256"]) == 64 for file in manifest["files"].values())

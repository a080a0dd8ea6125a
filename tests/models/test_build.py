"""How a bundle comes to be: the same each time, whole or not at all, whatever kills the build."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import joblib
import pytest

import models.build
from models.build import build, write_bundle
from models.bundle import CURRENT, MANIFEST, TIMINGS, Bundle, Library
from models.train import learn
from tests.conftest import ROOT
from tests.models.killed import OLDER
from tests.models.tiny import RECIPES, flip, learned
from tests.planting import planted_catalogue, without


def shelf_of(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "bundles" / "planted").iterdir())


def test_same_seed_same_id_and_another_seed_another(tmp_path):
    catalogue = planted_catalogue(120, seed=4)
    ids = [build(catalogue, tmp_path / str(i), seed=seed, recipes=RECIPES).name for i, seed in enumerate((0, 0, 1))]
    assert ids[0] == ids[1]
    assert ids[2] != ids[0]


def test_how_long_it_took_does_not_change_the_id(tmp_path):
    fast = write_bundle(learned(), tmp_path / "fast", timings={"genre": 1.0})
    slow = write_bundle(learned(), tmp_path / "slow", timings={"genre": 99.0})
    assert fast.name == slow.name
    assert Bundle(slow).timings == {"genre": 99.0}


def test_every_file_but_the_timings_is_recorded_with_its_size(tmp_path):
    folder = write_bundle(learned(), tmp_path, timings={})
    sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
    recorded = {name: file["bytes"] for name, file in json.loads((folder / MANIFEST).read_text())["files"].items()}
    assert sizes.keys() - recorded.keys() == {MANIFEST, TIMINGS}
    assert recorded.items() <= sizes.items()


def test_builds_of_one_catalogue_at_once_leave_a_whole_one(tmp_path):
    everything = [replace(learned(), seed=seed) for seed in range(6)]
    with ThreadPoolExecutor(6) as pool:
        folders = list(pool.map(lambda one: write_bundle(one, tmp_path, timings={}), everything))
    current = Library(tmp_path).open("planted")
    assert current.folder in folders
    assert len(shelf_of(tmp_path)) == 3, "the pointer, the current bundle and the one before it"


def test_other_users_may_read_it(tmp_path):
    folder = write_bundle(learned(), tmp_path, timings={})
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


def test_a_recipe_that_lacks_a_field_is_skipped_with_its_sentence(tmp_path):
    folder = build(without(planted_catalogue(120), "genre", "genres"), tmp_path, seed=0, recipes=RECIPES)
    bundle = Bundle(folder)
    assert bundle.skipped("genre").endswith(".")
    assert not bundle.holds("genre_prediction_model.joblib")
    assert bundle.holds("cluster_labels.npy")


def test_progress_ends_with_every_step_done():
    heard: dict[str, float] = {}
    learn(planted_catalogue(120), RECIPES, seed=0, listen=lambda step, share, _: heard.update({step: share}))
    assert heard == {recipe.name: 1.0 for recipe in RECIPES}


def test_the_previous_bundle_is_kept_and_older_ones_are_removed(tmp_path):
    names = [write_bundle(learned(seed), tmp_path, timings={}).name for seed in (0, 1, 2)]
    assert shelf_of(tmp_path) == sorted([CURRENT, *names[1:]])
    assert Library(tmp_path).open().id == names[2]


def test_building_the_same_again_changes_no_file(tmp_path):
    folder = write_bundle(learned(), tmp_path, timings={})
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert write_bundle(learned(), tmp_path, timings={}) == folder
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


@pytest.mark.parametrize("damaged", ["tracks.arrow", MANIFEST])
def test_building_again_mends_a_damaged_bundle(damaged, tmp_path):
    folder = write_bundle(learned(), tmp_path, timings={})
    flip(folder / damaged)
    write_bundle(learned(), tmp_path, timings={})
    assert Library(tmp_path).open().id == folder.name
    assert shelf_of(tmp_path) == sorted([CURRENT, folder.name])


@pytest.mark.parametrize("broken", ["_manifest_bytes", "file_sha256", "_sync", "_sync_folder", "_put_in_place"])
def test_a_failure_while_writing_leaves_no_folder(broken, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(models.build, broken, full)
    with pytest.raises(OSError, match="No space left"):
        write_bundle(learned(), tmp_path, timings={})
    assert shelf_of(tmp_path) == []


def test_an_interrupted_write_leaves_the_previous_bundle_alone(tmp_path, monkeypatch):
    folder = write_bundle(learned(0), tmp_path, timings={})

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(joblib, "dump", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_bundle(learned(1), tmp_path, timings={})
    assert shelf_of(tmp_path) == sorted([CURRENT, folder.name])
    assert Library(tmp_path).open().id == folder.name


@pytest.mark.parametrize("pid", [os.getpid(), 2**22 + 1], ids=["our own number, as in a container", "no process"])
def test_what_a_dead_build_left_is_removed(pid, tmp_path):
    shelf = tmp_path / "bundles" / "planted"
    (shelf / f".building-{pid}-abcdefgh").mkdir(parents=True)
    (shelf / f"{CURRENT}.{pid}").write_text("")
    folder = write_bundle(learned(), tmp_path, timings={})
    assert shelf_of(tmp_path) == sorted([CURRENT, folder.name])


def test_what_a_living_build_is_writing_is_left_alone(tmp_path):
    aside = tmp_path / "bundles" / "planted" / f".building-{os.getppid()}-abcdefgh"
    aside.mkdir(parents=True)
    write_bundle(learned(), tmp_path, timings={})
    assert aside.is_dir()


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux names the file behind a handle")
def test_every_file_and_folder_is_synced_before_it_is_renamed(tmp_path, monkeypatch):
    synced, steps, sync, rename, replace = [], [], os.fsync, Path.rename, Path.replace

    def noted_sync(handle: int) -> None:
        synced.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        sync(handle)

    def noted(move):
        def moved(path: Path, target: Path) -> Path:
            steps.append((path.name, target.name, set(synced)))
            synced.clear()
            return move(path, target)

        return moved

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(Path, "rename", noted(rename))
    monkeypatch.setattr(Path, "replace", noted(replace))
    folder = write_bundle(learned(), tmp_path, timings={})
    (aside, place, before), (fresh, pointer, then) = steps
    assert (place, pointer) == (folder.name, CURRENT)
    assert before == {aside, *(path.name for path in folder.iterdir())}
    assert then == {"planted", fresh}
    assert synced == ["planted"]


@pytest.fixture(scope="module", params=["steps", "moments"])
def deaths(request, tmp_path_factory) -> list[dict]:
    """What was left after each of many builds that were killed."""
    home = tmp_path_factory.mktemp("killed") / "home"
    home.mkdir()
    command = [sys.executable, "-m", "tests.models.killed", str(home), request.param]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


class TestABuildThatIsKilled:
    def test_leaves_a_verified_bundle_serving(self, deaths):
        assert len(deaths) > 30
        assert {death["seed"] for death in deaths} <= {0, 1}

    def test_serves_the_old_one_until_it_serves_the_new_one(self, deaths):
        seeds = [death["seed"] for death in deaths if "step" in death and "survived" in death]
        assert seeds == sorted(seeds)
        assert set(seeds) in ({0, 1}, set())

    def test_leaves_nothing_to_the_next_build(self, deaths):
        aside = [death for death in deaths if any("." in name for name in death["left"])]
        again = [death for death in deaths if "built_again" in death]
        assert aside
        assert again
        for death in again:
            assert CURRENT in death["left"]
            assert len(death["left"]) in (2, 3)  # with the bundle that serves and the one before it
            assert not any("." in name or name == OLDER for name in death["left"])

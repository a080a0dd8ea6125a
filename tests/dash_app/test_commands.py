"""Commands as a shell runs them: one sentence for what is refused, the address last."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

from data.errors import SourceNotFound, command
from data.reading import read_catalogue
from models.build import write_bundle
from models.bundle import MANIFEST
from tests.conftest import ROOT, environment, free_port, stop
from tests.data.tables import kaggle_table
from tests.models.tiny import flip, learned

RUN = [sys.executable, "-m", "dash_app"]
WIDE = {"COLUMNS": "200", "TERM": "dumb"}
STARTING_S = 60


def run(*arguments: str, home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*RUN, *arguments],
        cwd=ROOT,
        env={**environment(home), **WIDE, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str], sentence: str) -> None:
    """Check that a command refused with one line and nothing of the code."""
    assert done.returncode == 1, done
    assert done.stderr.splitlines() == [f"Error: {sentence}"]
    assert "Traceback" not in done.stdout + done.stderr


def state_of(home: Path) -> dict[str, int]:
    """When each file and folder of a home was last changed."""
    return {str(path.relative_to(home)): path.stat().st_mtime_ns for path in home.rglob("*")}


@pytest.fixture
def port() -> str:
    return str(free_port())


class TestRefusals:
    def test_building_a_missing_file_names_it(self, tmp_path):
        done = run("build", "nowhere.csv", home=tmp_path)
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert line.startswith("Error: ")
        assert "nowhere.csv" in line
        assert line.endswith(".")
        assert "Traceback" not in done.stdout + done.stderr
        assert not list(tmp_path.rglob("CURRENT"))

    def test_building_what_is_no_table_says_so(self, tmp_path):
        (tmp_path / "notes.csv").write_text("when,what\n1,2\n")
        done = run("build", str(tmp_path / "notes.csv"), home=tmp_path)
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
        assert "Traceback" not in done.stdout + done.stderr

    @pytest.mark.parametrize("name", ["../../esc ape", "a/b", "default", "sample"])
    def test_a_name_that_cannot_be_used_is_refused_and_nothing_is_written(self, name, tmp_path):
        kaggle_table().to_csv(tmp_path / "table.csv", index=False)
        done = run("build", str(tmp_path / "table.csv"), "--name", name, home=tmp_path / "home")
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"Error: A catalogue cannot be named {name!r}")
        assert not list(tmp_path.rglob("bundles")) + list(tmp_path.rglob("esc*"))

    @pytest.mark.parametrize("source", ["/x/[/y].csv", "/x/[bold]y.csv", "[/]"])
    def test_what_looks_like_markup_is_printed_as_it_is(self, source, tmp_path):
        done = run("build", source, home=tmp_path)
        assert_one_sentence(done, str(_refusal(source)))

    def test_a_port_that_is_taken_is_named_with_its_setting(self, sample_home):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            done = run("serve", home=sample_home, PORT=str(port))
        assert_one_sentence(
            done,
            f"Port {port} cannot be used: Address already in use (setting PORT). "
            f"Choose another one, for example PORT={port + 1} make run.",
        )

    def test_a_setting_that_does_not_parse_is_named(self, tmp_path):
        done = run("serve", home=tmp_path, PORT="http")
        sentence = "The setting PORT=http is not a whole number from 1 to 65535. Set PORT to a whole number"
        assert done.returncode == 1
        assert done.stderr.startswith(f"Error: {sentence}")

    def test_a_report_of_nothing_says_what_to_build(self, tmp_path):
        done = run("report", home=tmp_path)
        assert done.returncode == 1
        assert done.stderr.rstrip().endswith(f"Run {command('build', 'sample')}.")

    def test_a_report_of_an_unknown_catalogue_lists_the_others(self, sample_home):
        done = run("report", "jazz", home=sample_home)
        assert_one_sentence(done, "There is no catalogue named 'jazz'. Built so far: sample.")


def _refusal(source: str) -> SourceNotFound:
    with pytest.raises(SourceNotFound) as caught:
        read_catalogue(source)
    return caught.value


class TestReports:
    def test_json_parses_and_holds_every_score(self, sample_home, sample):
        done = run("report", "--json", home=sample_home)
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert (told["catalogue"], told["bundle"]) == ("sample", sample.id)
        assert told["scores"] == [card.as_dict() for card in sample.scores()]

    def test_the_table_names_every_recipe_and_where_the_time_went(self, sample_home, sample):
        done = run("report", home=sample_home)
        assert done.returncode == 0, done.stderr
        for recipe in {card.recipe for card in sample.scores()}:
            assert recipe in done.stdout
        assert sample.skipped("trends") in " ".join(done.stdout.split())
        assert f"{sample.id} is current." in " ".join(done.stdout.split())

    def test_the_list_names_every_catalogue(self, sample_home):
        done = run("catalogues", home=sample_home)
        assert done.returncode == 0, done.stderr
        assert re.search(r"sample .*4,605 .*6 ", done.stdout)

    def test_the_list_goes_on_after_a_catalogue_that_is_refused(self, tmp_path):
        shelf = write_bundle(learned(), tmp_path, timings={}).parent
        damaged = Path(shutil.copytree(shelf, shelf.with_name("damaged")))
        flip(next(damaged.glob(f"*/{MANIFEST}")))
        done = run("catalogues", home=tmp_path)
        assert done.returncode == 0, done.stderr
        assert re.search(r"damaged .*refused", done.stdout)
        assert re.search(r"planted .*150", done.stdout)
        assert "The bundle of catalogue 'damaged' is refused: " in done.stdout


class Served:
    """A server that was started with a command; collects its output until the address is printed."""

    def __init__(self, *arguments: str, home: Path, port: str) -> None:
        self.lines: list[str] = []
        self._announced = threading.Event()
        self.process = subprocess.Popen(
            [*RUN, "serve", *arguments],
            cwd=ROOT,
            env={**environment(home), **WIDE, "PORT": port},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Served:
        if not self._announced.wait(STARTING_S):
            self.__exit__()
            pytest.fail("\n".join(["The server did not print its address:", *self.lines]), pytrace=False)
        return self

    def __exit__(self, *_: object) -> None:
        stop(self.process)
        self._reader.join()
        self.process.stdout.close()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if "http://" in line:
                self._announced.set()


class TestServing:
    def test_the_address_is_printed_last_and_answers(self, sample_home, port):
        with Served(home=sample_home, port=port) as served:
            assert served.lines[-1] == f"Songscape is at http://127.0.0.1:{port}"
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=20) as answer:
                assert json.load(answer)["status"] == "ready"
        assert served.lines[-1] == f"Songscape is at http://127.0.0.1:{port}"
        assert not any("Traceback" in line for line in served.lines)

    def test_it_rebuilds_nothing_where_a_bundle_is_there(self, sample_home, port, tmp_path):
        home = Path(shutil.copytree(sample_home, tmp_path / "home"))
        before = state_of(home)
        with Served("--build-missing", home=home, port=port) as served:
            assert served.lines == [f"Songscape is at http://127.0.0.1:{port}"]
        assert state_of(home) == before

    @pytest.mark.skipif(os.name == "nt", reason="Signals end processes otherwise there")
    def test_ctrl_c_ends_it_without_a_traceback(self, sample_home, port):
        with Served(home=sample_home, port=port) as served:
            served.process.send_signal(2)
            served.process.wait(30)
        assert not any("Traceback" in line for line in served.lines)

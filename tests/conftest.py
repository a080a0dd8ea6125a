"""What many tests share: a home with the embedded catalogue, a live server, a Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parents[1]

CHROMIUM_NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
NO_CHROMIUM = (
    "Browser tests skipped: no Chromium found. "
    "Install one (Debian: apt-get install chromium) or set SONGSCAPE_CHROMIUM."
)
STARTING_S = 60
STOPPING_S = 10
LOG_LINES = 80

# How long a case takes says something about the machine, not about what is tested.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

browser_skipped = pytest.StashKey[bool]()
server_log = pytest.StashKey[Path]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, and run it last.

    Playwright keeps an event loop running in the main thread, which would be in the way of
    tests that start one of their own.
    """
    for item in items:
        if "chromium_path" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the end of the server's log with a test that failed while using it."""
    report = yield
    log = item.config.stash.get(server_log, None)
    if report.failed and log and "server" in getattr(item, "fixturenames", ()):
        report.sections.append(("Songscape's log", log_end(log)))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say once that browser tests were skipped, and how to run them."""
    if config.stash.get(browser_skipped, False):
        terminalreporter.write_line(NO_CHROMIUM, yellow=True)


@pytest.fixture(scope="session")
def songscape_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty home, which SONGSCAPE_HOME names for the rest of the session."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SONGSCAPE_HOME", str(home))
        yield home


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the embedded catalogue is built; not to be written to.

    SONGSCAPE_TEST_HOME names one to build in once and use again, for quicker work by hand.
    """
    kept = os.environ.get("SONGSCAPE_TEST_HOME")
    home = Path(kept).resolve() if kept else tmp_path_factory.mktemp("sample_home")
    if not any(home.rglob("CURRENT")):
        build = subprocess.run(
            [sys.executable, "-m", "dash_app", "build", "sample", "--quick"],
            cwd=ROOT,
            env=environment(home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if build.returncode:
            pytest.fail(f"`python -m dash_app build sample` failed:\n{build.stdout}", pytrace=False)
    return home


@pytest.fixture(scope="session")
def server(sample_home: Path, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[str]:
    """The address of a live server over the embedded catalogue: ``http://127.0.0.1:54321``."""
    log = tmp_path_factory.mktemp("server") / "log.txt"
    pytestconfig.stash[server_log] = log
    with serving(sample_home, log) as address:
        yield address


@contextmanager
def serving(home: Path, log: Path, *, ready: str = "/readyz", **settings: str) -> Iterator[str]:
    """Serve a home in a process of its own; yield its address once ``ready`` answers 200."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "dash_app.asgi:server"]
    options = ["--host", "127.0.0.1", "--port", str(port), "--lifespan", "on"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            env=environment(home) | settings,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process, log, ready=ready)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)


@pytest.fixture(scope="session")
def chromium_path(pytestconfig: pytest.Config) -> str:
    """The Chromium to drive. Without one the test is skipped, or failed where CI asks for it."""
    path = find_chromium()
    if path:
        return path
    if os.environ.get("SONGSCAPE_REQUIRE_BROWSER") == "1":
        pytest.fail(
            "SONGSCAPE_REQUIRE_BROWSER=1 asks for the browser tests, but no Chromium was found.",
            pytrace=False,
        )
    pytestconfig.stash[browser_skipped] = True
    pytest.skip(NO_CHROMIUM)


def find_chromium() -> str | None:
    """Path of the Chromium that SONGSCAPE_CHROMIUM names, else of the first found that runs."""
    named = os.environ.get("SONGSCAPE_CHROMIUM")
    if named:
        return shutil.which(named)
    found = filter(None, map(shutil.which, CHROMIUM_NAMES))
    return next((path for path in found if _runs(path)), None)


def _runs(path: str) -> bool:
    """Ubuntu's chromium-browser may be a script that only says how to install one."""
    try:
        version = subprocess.run([path, "--version"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return version.returncode == 0


def environment(home: Path) -> dict[str, str]:
    """This process's environment with another home, and no settings left over from a shell."""
    return {
        **{name: value for name, value in os.environ.items() if not _is_setting(name)},
        "SONGSCAPE_HOME": str(home),
        "PYTHONUNBUFFERED": "1",
    }


def _is_setting(name: str) -> bool:
    return name.startswith("SONGSCAPE_") or name in {"PORT", "WEB_CONCURRENCY"}


def free_port() -> int:
    """A TCP port that nothing listens on at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path, *, ready: str = "/readyz") -> None:
    """Return once ``ready`` answers 200; fail with the log when it does not or the process ends."""
    deadline = time.monotonic() + STARTING_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"The server ended with {process.returncode}:\n{log_end(log)}", False)
        try:
            with urllib.request.urlopen(f"{address}{ready}", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:  # not listening yet, too slow, or 503 while it verifies its bundle
            time.sleep(0.05)
    pytest.fail(f"The server was not ready after {STARTING_S} s:\n{log_end(log)}", False)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process: kindly, then by force."""
    process.terminate()
    try:
        process.wait(STOPPING_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def log_end(log: Path) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:])

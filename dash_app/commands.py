"""What the commands do; they print with rich and refuse with one sentence."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import uvicorn
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from dash_app.settings import Settings
from data.errors import BundleMissing, BundleRefused, SettingError, command
from data.public import PUBLIC_TABLES, fetch
from data.reading import SAMPLE, read_catalogue, usable_name
from models.bundle import Bundle, Library

_WIDTH_OF_A_FILE = 120

console = Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else _WIDTH_OF_A_FILE)


def build_catalogue(source: str, *, name: str | None, seed: int, settings: Settings) -> None:
    """Read, learn, write; print progress, then the score cards and where the time went."""
    from models.build import build

    public = source in PUBLIC_TABLES
    name = usable_name(source, name)
    place = str(fetch(source, settings.cache, progressbar=True)) if public else source
    with _progress() as bars:
        bar = bars.add_task("reading", total=1, doing=Path(place).name)
        catalogue = read_catalogue(place, name=name)
        kept = catalogue.provenance
        bars.update(bar, completed=1, doing=f"{kept.rows_kept:,} tracks")
        tasks = {"reading": bar}

        def listen(step: str, share: float, doing: str) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=1, doing="")
            bars.update(tasks[step], completed=share, doing=doing)

        folder = build(catalogue, settings.home, seed=seed, listen=listen)
    console.print(
        f"{kept.rows_read:,} rows read = {kept.rows_kept:,} kept + {kept.rows_merged:,} merged "
        f"+ {kept.rows_rejected:,} rejected"
    )
    _print_report(Bundle(folder))


def serve(settings: Settings, *, build_missing: bool) -> None:
    """Serve until interrupted; the address is printed last.

    Raises
    ------
    SettingError
        The port is taken.
    """
    refuse_taken_port(settings)
    if build_missing:
        _build_where_missing(settings)
    from dash_app.app import create_server

    config = uvicorn.Config(
        create_server(settings), host=settings.host, port=settings.port, lifespan="on", log_level="warning"
    )
    _Announced(config).run()


class _Announced(uvicorn.Server):
    """Prints the address once it answers."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            host = "127.0.0.1" if self.config.host == "0.0.0.0" else self.config.host  # noqa: S104 - shown, not bound
            console.print(f"Songscape is at [bold]http://{host}:{self.config.port}[/]", soft_wrap=True)


def refuse_taken_port(settings: Settings) -> None:
    """Say so where another program listens on the port.

    Raises
    ------
    SettingError
        The port is taken.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise SettingError(
                f"Port {settings.port} cannot be used: {error.strerror or error}",
                where="setting PORT",
                remedy=f"Choose another one, for example PORT={settings.port + 1} make run",
            ) from error


def _build_where_missing(settings: Settings) -> None:
    """Build the embedded catalogue in a process of its own, so that the server stays small."""
    library = Library(settings.home)
    try:
        library.open()
    except BundleMissing:
        console.print("No catalogue was built yet: building the embedded one, once.")
    except BundleRefused as refusal:
        if library.default != SAMPLE:
            raise
        console.print(f"{refusal.what}: building it again.", markup=False)
    else:
        return
    subprocess.run([sys.executable, "-m", "dash_app", "build", SAMPLE], check=True)  # noqa: S603 - our own command


def fetch_table(name: str, *, settings: Settings) -> None:
    """Download a public table and say how to build it."""
    path = fetch(name, settings.cache, progressbar=True)
    console.print(f"{path} is complete. Build it: {command('build', name)}", soft_wrap=True, markup=False)


def report(catalogue: str | None, *, as_json: bool, settings: Settings) -> None:
    """Print the score cards of a catalogue."""
    bundle = Library(settings.home).open(catalogue)
    if as_json:
        cards = [card.as_dict() for card in bundle.scores()]
        sys.stdout.write(json.dumps({"catalogue": bundle.name, "bundle": bundle.id, "scores": cards}, indent=1) + "\n")
    else:
        _print_report(bundle)


def list_catalogues(settings: Settings) -> None:
    """Print a table of the built catalogues, and a sentence for each whose bundle is refused."""
    library = Library(settings.home)
    table = Table("catalogue", "tracks", "genres", "source", "size")
    refusals: list[BundleRefused] = []
    for name in library.names:
        try:
            table.add_row(*_described(library.open(name)))
        except BundleRefused as refusal:
            table.add_row(Text(name), "refused")
            refusals.append(refusal)
    console.print(table)
    for refusal in refusals:
        console.print(str(refusal), soft_wrap=True, markup=False)


def _described(bundle: Bundle) -> tuple[Text, ...]:
    size = f"{bundle.size_bytes / 1e6:.1f} MB"
    cells = (bundle.name, f"{len(bundle):,}", str(len(bundle.genre_names)), bundle.provenance.source, size)
    return tuple(map(Text, cells))


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description:<11}"),
        BarColumn(bar_width=28),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[doing]}", style="dim", markup=False),
        console=console,
    )


def _print_report(bundle: Bundle) -> None:
    cards = Table("recipe", "model", "metric", "score", "95 % interval", "baseline", title=f"Scores of {bundle.name}")
    for card in bundle.scores():
        cards.add_row(
            card.recipe,
            f"[bold]{card.model}[/]" if card.served else f"[dim]{card.model}[/]",
            card.metric,
            f"{card.value:.3f}",
            f"{card.low:.3f}–{card.high:.3f}",
            f"{card.baseline_value:.3f}",
        )
    console.print(cards)
    console.print("Bold models answer, the others were only compared. Baselines and splits: report --json")
    for recipe, sentence in bundle.manifest["skipped"].items():
        console.print(f"{recipe}: skipped. {sentence}", markup=False)
    if timings := bundle.timings:
        spent = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in timings.items())
        console.print(f"Time: {spent}; {sum(timings.values()):.1f} s in all.")
    console.print(f"{bundle.folder.name} is current.")

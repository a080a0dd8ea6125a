"""What was built and how good it is."""

from __future__ import annotations

import json
import sys

from rich.table import Table
from rich.text import Text

from dash_app.commands.terminal import console
from dash_app.settings import Settings
from data.errors import BundleRefused
from models.bundle import Bundle, Library
from models.words import split_warning


def report(catalogue: str | None, *, as_json: bool, settings: Settings) -> None:
    """Print the score cards of a catalogue."""
    bundle = Library(settings.home).open(catalogue)
    if as_json:
        cards = [card.as_dict() for card in bundle.scores()]
        sys.stdout.write(json.dumps({"catalogue": bundle.name, "bundle": bundle.id, "scores": cards}, indent=1) + "\n")
    else:
        print_report(bundle)


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


def print_report(bundle: Bundle) -> None:
    """Print the score cards of a bundle, what was skipped, and where the time of its build went."""
    cards = Table("recipe", "model", "metric", "score", "95% interval", "baseline", title=f"Scores of {bundle.name}")
    warnings = {card.recipe: split_warning(bundle.facts(card.recipe)) for card in bundle.scores()}
    for card in bundle.scores():
        cards.add_row(
            card.recipe,
            f"[bold]{card.model}[/]" if card.served else f"[dim]{card.model}[/]",
            card.metric,
            f"{card.value:.3f}{' !' if warnings[card.recipe] else ''}",
            f"{card.low:.3f}–{card.high:.3f}",
            f"{card.baseline_value:.3f}",
        )
    console.print(cards)
    for warning in dict.fromkeys(filter(None, warnings.values())):
        warned = ", ".join(recipe for recipe, said in warnings.items() if said == warning)
        console.print(f"! {warned}: {warning}", markup=False)
    console.print("Bold models answer, the others were only compared. Baselines and splits: report --json")
    for recipe, sentence in bundle.manifest["skipped"].items():
        console.print(f"{recipe}: skipped. {sentence}", markup=False)
    if timings := {step: seconds for step, seconds in bundle.timings.items() if "/" not in step}:
        spent = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in timings.items())
        console.print(f"Time: {spent}; {sum(timings.values()):.1f} s in all.")
    console.print(f"{bundle.folder.name} is current.")

"""A crowd: scripted sessions that explore at once, each at the pace of a person who hurries."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field

import httpx2 as httpx

from dash_app.wiring import card_outputs

WORDS = ("love", "night", "song", "blue", "artist")
PAUSE_S = (0.5, 2.0)


@dataclass(slots=True)
class Crowd:
    """What a crowd saw: milliseconds of every answer, and what was no answer."""

    spent: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


async def _session(client: httpx.AsyncClient, name: str, until: float, seen: Crowd, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    ask = [
        lambda: client.post("/_dash-update-component", json=selection(name, chance)),
        lambda: client.post("/_dash-update-component", json=map_panels(name, chance)),
        lambda: client.get(f"/api/v1/catalogues/{name}/tracks", params={"q": chance.choice(WORDS), "limit": 8}),
        lambda: client.get(f"/api/v1/catalogues/{name}/rows/{chance.randrange(5000)}"),
        lambda: client.get("/map"),
    ]
    await asyncio.sleep(chance.uniform(0, PAUSE_S[1]))
    while time.monotonic() < until:
        started = time.perf_counter()
        try:
            answer = await chance.choice(ask)()
            if answer.status_code not in (200, 204) or "fault on our side" in answer.text:
                seen.errors.append(f"{answer.status_code} {answer.url}")
        except httpx.HTTPError as error:
            seen.errors.append(repr(error))
        seen.spent.append(1000 * (time.perf_counter() - started))
        await asyncio.sleep(chance.uniform(*PAUSE_S))


async def explore(address: str, name: str, *, people: int, seconds: float) -> Crowd:
    """Let so many people explore for so long."""
    seen = Crowd()
    limits = httpx.Limits(max_connections=people)
    async with httpx.AsyncClient(base_url=address, timeout=30, limits=limits) as client:
        until = time.monotonic() + seconds
        await asyncio.gather(*(_session(client, name, until, seen, seed) for seed in range(people)))
    return seen


def chosen(chance: random.Random) -> dict[str, str]:
    """Return a Selection as nobody had it before."""
    x, y, side = chance.randint(0, 20_000), chance.randint(0, 20_000), chance.randint(3_000, 12_000)
    lasso = (x, y, x + side, y, x + side, y + side, x, y + side)
    found = {"lasso": ".".join(map(str, lasso)), "energy": f"{chance.uniform(0, 0.5):.4f}..0.97"}
    return {key: found[key] for key in chance.sample(list(found), chance.randint(1, 2))}


def selection(name: str, chance: random.Random) -> dict:
    """Return what a browser sends for the line that says a Selection in words."""
    return callback(name, chosen(chance), ["selection-words.children", "selection-chips.children", "clear.disabled"])


def map_panels(name: str, chance: random.Random) -> dict:
    """Return what a browser sends for the charts beside the map."""
    parts = (part for card in ("map-balance", "map-apart") for part in card_outputs(card))
    return callback(name, chosen(chance), [f"{part.component_id}.{part.component_property}" for part in parts])


def callback(name: str, filters: dict[str, str], outputs: list[str]) -> dict:
    """Return the request of a callback on the Selection."""
    pairs = [output.split(".") for output in outputs]
    return {
        "output": f"..{'...'.join(outputs)}..",
        "outputs": [{"id": a, "property": b} for a, b in pairs],
        "inputs": [
            {"id": "view-catalogue", "property": "data", "value": name},
            {"id": "view-selection", "property": "data", "value": filters},
        ],
        "changedPropIds": ["view-selection.data"],
    }

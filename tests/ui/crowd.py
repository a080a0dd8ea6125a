"""A crowd: scripted sessions that explore at once, each at the pace of a person who hurries."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field

import httpx2 as httpx

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
        lambda: client.get("/data/view", params=view(name, chance)),
        lambda: client.get("/data/view", params=view(name, chance, "map-balance", "map-apart")),
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


def view(name: str, chance: random.Random, *cards: str) -> dict[str, str]:
    """Return what a browser asks when a Selection changes: its words, and the charts beside it."""
    return {"catalogue": name, **chosen(chance), "cards": ",".join(cards)}

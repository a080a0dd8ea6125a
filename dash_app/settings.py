"""Every setting, its default, its unit and what it does, in one table; read once and passed down."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.errors import SettingError


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable.

    Parameters
    ----------
    name
        Name of the variable.
    default
        Text used where it is not set.
    read
        Turns the text into a value; raises ValueError.
    form
        What the text must be, in words.
    help
        One sentence: what it does.
    """

    name: str
    default: str
    read: Callable[[str], Any]
    form: str
    help: str


def _port(text: str) -> int:
    if not 0 < (port := int(text)) < 65_536:
        raise ValueError(text)
    return port


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError(text)
    return number


def _whole(text: str) -> int:
    if (number := int(text)) < 0:
        raise ValueError(text)
    return number


SETTINGS = (
    Setting("PORT", "8050", _port, "a whole number from 1 to 65535", "TCP port that the server listens on."),
    Setting("HOST", "127.0.0.1", str, "an address", "Address that the server listens on; 0.0.0.0 for all."),
    Setting("SONGSCAPE_HOME", "var", Path, "a folder", "Folder of built catalogues and caches."),
    Setting(
        "SONGSCAPE_CACHE",
        "",
        lambda text: Path(text) if text else None,
        "a folder",
        "Folder of downloaded public tables; by default downloads/ in SONGSCAPE_HOME.",
    ),
    Setting("SONGSCAPE_THREADS", "8", _positive, "a positive whole number", "Questions that a worker answers at once."),
    Setting(
        "SONGSCAPE_UPLOAD_MB",
        "200",
        _whole,
        "a whole number, or 0",
        "Megabytes that may be uploaded for one catalogue; 0 switches uploads, builds from the page and deletion off.",
    ),
    Setting(
        "SONGSCAPE_BUILDS", "1", _positive, "a positive whole number", "Builds that run at once, over all workers."
    ),
)
"""All settings; README.md documents the same names, held by a test."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The values of all settings.

    Parameters
    ----------
    port, host
        Where the server listens.
    home
        Folder of built catalogues and caches.
    cache
        Folder of downloaded tables.
    threads
        Questions that a worker answers at once.
    upload_mb
        Megabytes that may be uploaded for one catalogue; 0 switches uploads, builds and deletion off.
    builds
        Builds that run at once.
    """

    port: int
    host: str
    home: Path
    cache: Path
    threads: int
    upload_mb: int
    builds: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings.

        Raises
        ------
        SettingError
            A variable does not parse.
        """
        environment = os.environ if environment is None else environment
        port, host, home, cache, *rest = (_value(setting, environment) for setting in SETTINGS)
        home = home.expanduser().absolute()
        return cls(port, host, home, cache or home / "downloads", *rest)


def _value(setting: Setting, environment: Mapping[str, str]) -> Any:
    text = environment.get(setting.name) or setting.default
    try:
        return setting.read(text)
    except ValueError:
        raise SettingError(
            f"The setting {setting.name}={text} is not {setting.form}", remedy=f"Set {setting.name} to {setting.form}"
        ) from None

"""Serving: the port is tried first, the address is printed last."""

from __future__ import annotations

import socket
import subprocess
import sys

import uvicorn

from dash_app.commands.terminal import console
from dash_app.settings import Settings
from data.errors import BundleMissing, BundleRefused, SettingError
from data.naming import SAMPLE
from models.bundle import Library


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
    subprocess.run([sys.executable, "-m", "dash_app", "build", SAMPLE, "--quick"], check=True)  # noqa: S603 - our own command

"""The server as uvicorn loads it: ``uvicorn dash_app.asgi:server --lifespan on``."""

from dash_app.app import create_server
from dash_app.settings import Settings

server = create_server(Settings.from_environment())

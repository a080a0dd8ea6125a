"""The API's documentation as a page, from files of our own host."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

DOCS_PATH = "/api/docs"
_PAGE = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>API · Songscape</title>
    <link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
    <link rel="stylesheet" href="/assets/vendor/swagger/swagger-ui.css">
  </head>
  <body>
    <main id="swagger-ui" data-openapi="{openapi_url}"></main>
    <script src="/assets/vendor/swagger/swagger-ui-bundle.js"></script>
    <script src="/assets/vendor/swagger/start.js"></script>
  </body>
</html>"""


def mount_docs(server: FastAPI, *, openapi_url: str) -> None:
    """Serve Swagger UI at `DOCS_PATH`."""
    page = _PAGE.format(openapi_url=openapi_url)

    @server.api_route(DOCS_PATH, methods=["GET"], include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(page)

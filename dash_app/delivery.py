"""How responses leave: compressed off the event loop, cached for long, headed so that nothing loads from elsewhere."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALLEST = 1_000
"""Bodies under this many bytes are sent as they are."""

DYNAMIC_LEVEL, STATIC_LEVEL = 4, 9
STATIC_PATHS = ("/_dash-component-suites/", "/assets/")
_COMPRESSIBLE = ("text/", "application/json", "application/javascript", "image/svg+xml")
_CACHE_BYTES = 8_000_000
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _Whole:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Compress:
    """Compress responses with gzip in a thread; static files once, then from memory.

    Parameters
    ----------
    app
        The application that answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._static: OrderedDict[str, _Whole] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, compressed where that pays and the client takes it."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        takes_gzip = "gzip" in headers.get("accept-encoding", "") and "range" not in headers
        if not takes_gzip or scope["method"] not in ("GET", "POST"):
            await self.app(scope, receive, send)
            return
        is_static = scope["path"].startswith(STATIC_PATHS)
        key = f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
        conditional = "if-none-match" in headers or "if-modified-since" in headers
        if is_static and not conditional and key in self._static:
            await _send(self._static[key], send)
            return
        whole = await self._answered(scope, receive, send)
        if whole is None:
            return
        compressed = await run_in_threadpool(_compressed, whole, STATIC_LEVEL if is_static else DYNAMIC_LEVEL)
        if is_static and whole.status == 200:
            self._remember(key, compressed)
        await _send(compressed, send)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> _Whole | None:
        """Collect the response, or pass it through and return None where it streams or cannot be compressed."""
        start: Message = {}
        chunks: list[bytes] = []
        passes = False

        async def collect(message: Message) -> None:
            nonlocal start, passes
            if passes:
                await send(message)
            elif message["type"] == "http.response.start":
                start = message
                passes = not _worth_it(Headers(raw=message["headers"]))
                if passes:
                    await send(message)
            elif message["type"] == "http.response.body":
                chunks.append(message.get("body", b""))

        await self.app(scope, receive, collect)
        if passes or not start:
            return None
        return _Whole(start["status"], list(start["headers"]), b"".join(chunks))

    def _remember(self, key: str, whole: _Whole) -> None:
        self._static[key] = whole
        while sum(len(one.body) for one in self._static.values()) > _CACHE_BYTES:
            self._static.popitem(last=False)


class Headed:
    """Add the headers that every response carries, long caching where an address names its contents, and HEAD.

    Parameters
    ----------
    app
        The application that answers.
    script_hashes
        CSP sources of the inline scripts that pages need.
    """

    def __init__(self, app: ASGIApp, *, script_hashes: list[str]) -> None:
        self.app = app
        self._fixed = {
            "Content-Security-Policy": content_security_policy(script_hashes),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "SAMEORIGIN",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        wants_body = scope["method"] != "HEAD"

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.body" and not wants_body:
                message = {**message, "body": b""}
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._fixed.items():
                    headers.setdefault(name, value)
                if _is_named_by_contents(scope) and message["status"] == 200:
                    headers["Cache-Control"] = _FOREVER
            await send(message)

        await self.app(scope if wants_body else {**scope, "method": "GET"}, receive, headed)


def content_security_policy(script_hashes: list[str]) -> str:
    """Return a policy under which a page loads from its own host alone.

    Inline styles stay allowed: plotly and React set them on elements.
    """
    rules = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *script_hashes],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'self'"],
    }
    return "; ".join(f"{rule} {' '.join(sources)}" for rule, sources in rules.items())


def csp_hash(script: str) -> str:
    """Return the source by which a policy allows one script that stands in a page."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _is_named_by_contents(scope: Scope) -> bool:
    """Return whether the address changes whenever the file does: a fingerprint, or Dash's ``?m=`` of assets."""
    path = scope["path"]
    return (path.startswith("/assets/") and scope["query_string"].startswith(b"m=")) or (
        path.startswith("/_dash-component-suites/") and ".v" in path.rsplit("/", 1)[-1]
    )


def _worth_it(headers: Headers) -> bool:
    if "content-encoding" in headers or not headers.get("content-type", "").startswith(_COMPRESSIBLE):
        return False
    return int(headers.get("content-length", SMALLEST)) >= SMALLEST


def _compressed(whole: _Whole, level: int) -> _Whole:
    body = gzip.compress(whole.body, compresslevel=level, mtime=0)
    headers = MutableHeaders(raw=whole.headers)
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    headers.add_vary_header("Accept-Encoding")
    return _Whole(whole.status, headers.raw, body)


async def _send(whole: _Whole, send: Send) -> None:
    await send({"type": "http.response.start", "status": whole.status, "headers": whole.headers})
    await send({"type": "http.response.body", "body": whole.body})

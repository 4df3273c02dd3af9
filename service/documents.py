"""The documents of the API, as the generator wrote them, and a page that leads to them.

Nothing on the page is loaded from elsewhere: it works without a network.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

import generated
from service.version import VERSION

FOLDER: Final = Path(generated.__file__).parent
NAMES: Final = ("openapi.json", "asyncapi.json")
METHODS: Final = ("get", "post", "put", "patch", "delete")


def documents_router() -> APIRouter:
    """Serve ``/openapi.json``, ``/asyncapi.json`` and ``/docs``."""
    routes = APIRouter()
    texts = {name: (FOLDER / name).read_bytes() for name in NAMES}
    page = _page(json.loads(texts["openapi.json"]), json.loads(texts["asyncapi.json"]))

    def serve(name: str) -> None:
        async def document() -> Response:
            return Response(texts[name], media_type="application/json")

        routes.add_api_route(f"/{name}", document, name=name)

    for name in NAMES:
        serve(name)

    @routes.get("/docs")
    async def docs() -> Response:
        return HTMLResponse(page)

    return routes


def _page(openapi: dict[str, Any], asyncapi: dict[str, Any]) -> str:
    operations = "".join(
        f"<tr><td><code>{method.upper()}</code></td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(_words(operation))}</td></tr>"
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    )
    messages = asyncapi.get("components", {}).get("messages", {})
    events = "".join(
        f"<tr><td><code>{escape(message.get('name', name))}</code></td>"
        f"<td>{escape(_words(message))}</td></tr>"
        for name, message in messages.items()
    )
    title = escape(openapi["info"]["title"])
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }}
td {{ padding: .2rem 1rem .2rem 0; vertical-align: top }}
</style>
<h1>{title}</h1>
<p>Version {escape(VERSION)}. {escape(openapi["info"].get("description", ""))}</p>
<p><a href="openapi.json">openapi.json</a> describes the operations,
<a href="asyncapi.json">asyncapi.json</a> the events.</p>
<h2>Operations</h2>
<table>{operations}</table>
<h2>Events</h2>
<table>{events}</table>
</html>
"""


def _words(described: dict[str, Any]) -> str:
    return str(described.get("summary") or described.get("description") or "")

"""What is compressed for many, read by a browser over both transports."""

from __future__ import annotations

from typing import Final

from runtime.database.engine import Database
from runtime.monitor.pieces import MANY
from tests.integration.front import front
from tests.servers.chromium import visiting
from tests.unit.runtime.monitor.pond_server import fish, serve_pond
from tests.unit.runtime.pond import angler

BURST: Final = 500
PAGE: Final = """<!doctype html><title>A page</title><script type="module">
function tell(what) {
    return fetch("/told", {method: "POST", body: JSON.stringify(what)});
}
async function watch(name, open) {
    const headers = {Authorization: "Bearer %s"};
    await fetch("/api/pond", {method: "POST", headers});
    const source = open();
    const frames = [];
    source.onmessage = ({data}) => {
        const {value, id} = JSON.parse(data);
        if (value.type === "fish_seen_event") frames.push([value.value.name, id]);
        if (frames.length === %d) tell({name, frames, extensions: source.extensions});
    };
    await new Promise((open) => { source.onopen = open; });
}
await watch("websocket", () => new WebSocket(`${location.origin.replace("http", "ws")}/api/pond`));
await watch("sse", () => new EventSource("/api/pond"));
await tell("open");
</script>
"""


async def test_a_browser_reads_what_is_compressed_for_many(database: Database) -> None:
    async with serve_pond(database) as pond:
        page = PAGE % (pond.token("*"), BURST)
        for _ in range(MANY):
            pond.monitor.join(angler("*"))
        async with front(f"http://127.0.0.1:{pond.port}", page) as here:
            with visiting(f"{here.url}/"):
                assert await here.hear() == "open"
                sent = pond.monitor.counters.sent_bytes
                await pond.happen(*fish(BURST))
                both = {told["name"]: told for told in [await here.hear(), await here.hear()]}
                sent = pond.monitor.counters.sent_bytes - sent
    assert both["websocket"]["frames"] == both["sse"]["frames"]
    assert [name for name, _ in both["sse"]["frames"]] == [f"fish-{n}" for n in range(BURST)]
    agreed = "permessage-deflate; client_no_context_takeover"
    assert both["websocket"]["extensions"] == agreed
    assert sent < 2 * BURST * 30

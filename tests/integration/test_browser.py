"""The monitor in a real browser, behind a proxy that strips `/api`."""

from __future__ import annotations

from tests.integration.dashboard import COOKIE, Dashboard, Watching
from tests.integration.front import front
from tests.servers.chromium import visiting
from tests.servers.storage_service import StorageServer

PAGE = """<!doctype html><title>A page</title><script type="module">
let before = Promise.resolve();
function tell(what) {
    before = before.then(() => fetch("/told", {method: "POST", body: JSON.stringify(what)}));
}
function ticket(token) {
    const headers = {Authorization: `Bearer ${token}`};
    return fetch("/api/storage/monitor", {method: "POST", headers});
}
function watch(origin) {
    const socket = new WebSocket(`${origin.replace("http", "ws")}/api/storage/monitor`);
    socket.onmessage = ({data}) => tell({frame: data});
    socket.onclose = ({code}) => tell({closed: code});
    return new Promise((open) => { socket.onopen = open; });
}
%s
</script>
"""

WATCHING = """
const answer = await ticket("%s");
tell({status: answer.status, body: await answer.text(), visible: document.cookie});
await watch(location.origin);
await fetch("/api/about");
watch(location.origin);
"""


async def test_a_browser_sends_the_tickets_cookie_and_sees_events(
    shared_server: StorageServer,
) -> None:
    page = PAGE % WATCHING % shared_server.token("storage:aips:list")
    async with front(shared_server.url, page) as here, Dashboard(shared_server) as dashboard:
        with visiting(f"{here.url}/"):
            assert await here.hear() == {"status": 200, "body": "", "visible": ""}
            told = [await here.hear(), await here.hear()]
            # The ticket is spent: the second WebSocket is refused before the upgrade.
            assert {"closed": 1006} in told
            [hello] = [each["frame"] for each in told if "frame" in each]
            assert '"message":"Hello"' in hello
            aip = await dashboard.create_aip()
            event = (await here.hear())["frame"]
            assert f'"type":"aip_created_event","value":{{"uuid":"{aip}"' in event
    asked, opened, about, again = here.forwarded
    assert (asked.method, opened.method) == ("POST", "GET")
    assert "cookie" not in asked.headers
    assert opened.headers["cookie"].startswith(f"{COOKIE}=")
    assert "authorization" not in opened.headers
    # The browser derives the cookie's path: it is sent below /api/storage, and nowhere else.
    assert "cookie" not in about.headers
    assert again.headers["cookie"] == opened.headers["cookie"]


async def test_a_page_of_another_port_can_use_the_cookie_but_not_the_monitor(
    shared_server: StorageServer,
) -> None:
    """A browser sends a host's cookies to all its ports, whichever page asks for it."""
    token = shared_server.token("*")
    async with front(shared_server.url) as here, front(shared_server.url) as elsewhere:
        here.page = PAGE % f'await ticket("{token}"); location = "{elsewhere.url}/";'
        elsewhere.page = PAGE % f'watch("{here.url}");'
        with visiting(f"{here.url}/"):
            assert await elsewhere.hear() == {"closed": 1006}
    _, refused = here.forwarded
    assert refused.headers["origin"] == elsewhere.url
    ticket = refused.headers["cookie"].removeprefix(f"{COOKIE}=")
    async with Dashboard(shared_server) as dashboard, dashboard.open(ticket) as unspent:
        assert (await Watching(unspent).frame()).value == {"message": "Hello"}

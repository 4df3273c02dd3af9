/** How the generated monitor client watches, and how it comes back. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "./client.js";
import { BakeryWindow } from "./monitor.js";
import { json, serve } from "./server.mjs";
import { socketMessages } from "./websocket.js";

const retry = [1, 5];

function frame(type, value, id) {
	return JSON.stringify({ value: { type, value }, id });
}

function ping(id) {
	return frame("ping", { message: "Ping" }, id);
}

/** A WebSocket that says what it is told to. */
class FakeSocket extends EventTarget {
	closed = 0;

	say(...messages) {
		for (const data of messages) {
			this.dispatchEvent(Object.assign(new Event("message"), { data }));
		}
		return this;
	}

	close() {
		this.closed += 1;
		this.dispatchEvent(new Event("close"));
	}
}

function eventStream(...frames) {
	return (response) => {
		response.writeHead(200, { "Content-Type": "text/event-stream" });
		for (const each of frames) {
			response.write(`data: ${each}\n\n`);
		}
	};
}

async function take(count, frames) {
	const taken = [];
	for await (const each of frames) {
		taken.push(each);
		if (taken.length === count) {
			break;
		}
	}
	return taken;
}

async function watching(answer, watch, options = {}) {
	const server = await serve(answer);
	const { baseUrl, requests } = server;
	const window = new BakeryWindow({ baseUrl, retry, ...options });
	try {
		return { result: await watch(window), requests, window };
	} finally {
		server.close();
	}
}

test("outside a browser it listens to server-sent events, with its token", async () => {
	const { result, requests } = await watching(
		eventStream(ping("7-1"), frame("loaf_baked", { uuid: "1" }, "7-2")),
		(window) => take(2, window),
		{ token: "token", types: ["ping", "loaf_baked"], subject: "1" },
	);
	assert.deepEqual(result[1], {
		event: { type: "loaf_baked", value: { uuid: "1" } },
		id: "7-2",
	});
	const [{ method, url, headers }] = requests;
	assert.equal(method, "GET");
	assert.equal(url, "/bakery/window?types=ping%2Cloaf_baked&subject=1");
	assert.equal(headers.authorization, "Bearer token");
	assert.equal(headers.accept, "text/event-stream");
});

test("a frame that comes in pieces is put together", async () => {
	const text = `: a comment\ndata: ${frame("ping", { message: "grün" }, "7-1")}\r\n\r\n`;
	const bytes = Buffer.from(text);
	const { result } = await watching(
		async (response) => {
			response.writeHead(200);
			for (const byte of bytes) {
				response.write(Buffer.of(byte));
				await new Promise(setImmediate);
			}
		},
		(window) => take(1, window),
	);
	assert.equal(result[0].event.value.message, "grün");
});

test("a connection that is lost goes on where it broke off", async () => {
	const { result, requests } = await watching(
		(response, _, count) => {
			eventStream(ping(`7-${count}`))(response);
			response.end();
		},
		(window) => take(3, window),
		{ lastEventId: "7-0" },
	);
	assert.deepEqual(
		result.map(({ id }) => id),
		["7-1", "7-2", "7-3"],
	);
	assert.deepEqual(
		requests.map(({ url }) => url.split("last_event_id=")[1]),
		["7-0", "7-1", "7-2"],
	);
});

test("a server that is away is asked again", async () => {
	const states = [];
	const { requests } = await watching(
		(response, _, count) => {
			const answer = count < 3 ? json(503, {}) : eventStream(ping("7-1"));
			answer(response);
		},
		(window) => take(1, window),
		{ onState: (state) => states.push(state) },
	);
	assert.equal(requests.length, 3);
	const trying = ["connecting", "waiting"];
	assert.deepEqual(states, [
		...trying,
		...trying,
		"connecting",
		"open",
		"closed",
	]);
});

test("what no waiting mends is thrown", async () => {
	await assert.rejects(
		watching(json(401, "Unauthorized"), (window) => take(1, window)),
		(error) => error instanceof ApiError && error.name === "unauthorized",
	);
});

test("an event that the client does not know is skipped, and told of", async () => {
	const unknown = [];
	const { result, window } = await watching(
		eventStream("no frame", frame("burnt", { uuid: "1" }, "7-1"), ping("7-2")),
		(window) => take(1, window),
		{ onUnknown: (frame) => unknown.push(frame) },
	);
	assert.equal(result[0].event.type, "ping");
	assert.deepEqual(unknown, [
		{ event: { type: "burnt", value: { uuid: "1" } }, id: "7-1" },
	]);
	assert.equal(window.lastEventId, "7-2");
});

test("a callback is called until the stream is closed", async () => {
	const seen = [];
	await watching(eventStream(ping("7-1"), ping("7-2")), (window) =>
		window.forEach(({ id }) => {
			seen.push(id);
			window.close();
		}),
	);
	assert.deepEqual(seen, ["7-1"]);
});

test("a signal ends the stream, even while it waits", async () => {
	const { result } = await watching(
		json(503, {}),
		(window) => take(1, window),
		{ signal: AbortSignal.timeout(50), retry: [60000, 60000] },
	);
	assert.deepEqual(result, []);
});

test("a WebSocket is opened with a ticket, and closed when the loop is left", async () => {
	const socket = new FakeSocket();
	const opened = [];
	const cookie = "bakery-window=ticket-1; Max-Age=5; HttpOnly; Secure";
	const { result, requests } = await watching(
		(response) => response.writeHead(200, { "Set-Cookie": cookie }).end(),
		(window) => take(2, window),
		{
			token: "token",
			connect(...address) {
				opened.push(address);
				setImmediate(() => socket.say(ping("7-1"), ping("7-2")));
				return socket;
			},
		},
	);
	assert.deepEqual(
		result.map(({ id }) => id),
		["7-1", "7-2"],
	);
	assert.equal(requests[0].method, "POST");
	assert.equal(requests[0].headers.authorization, "Bearer token");
	assert.match(opened[0][0], /^ws:\/\/127\.0\.0\.1:\d+\/bakery\/window$/);
	assert.equal(opened[0][1], "bakery-window=ticket-1");
	assert.equal(socket.closed, 1);
});

test("each WebSocket is opened with a ticket of its own", async () => {
	const { requests } = await watching(
		(response) => response.writeHead(200).end(),
		(window) => take(2, window),
		{
			connect() {
				const socket = new FakeSocket();
				setImmediate(() => socket.say(ping("7-1")).close());
				return socket;
			},
		},
	);
	assert.equal(requests.length, 2);
});

test("without a WebSocket, asking for one is an error and no endless trying", async () => {
	// Newer Nodes have one.
	delete globalThis.WebSocket;
	await assert.rejects(
		watching(json(200, {}), (window) => take(1, window), { over: "websocket" }),
		ReferenceError,
	);
});

test("a WebSocket that is silent for too long is given up", async () => {
	const socket = new FakeSocket();
	const { signal } = new AbortController();
	const messages = socketMessages(socket, signal, 20);
	setImmediate(() => socket.say("one", "two"));
	assert.deepEqual(await take(5, messages), ["one", "two"]);
	assert.equal(socket.closed, 1);
});

/** What the generated client sends, and what it makes of the answers. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, BakeryClient, isApiError } from "./client.js";
import { json, serve } from "./server.mjs";

async function asking(answer, ask, options = {}) {
	const server = await serve(answer);
	const { baseUrl, requests } = server;
	try {
		const client = new BakeryClient({ baseUrl, ...options });
		return { result: await ask(client), request: requests[0] };
	} finally {
		server.close();
	}
}

async function failing(answer) {
	const ask = (client) =>
		client.showLoaf({ uuid: "1" }).catch((error) => error);
	return (await asking(answer, ask)).result;
}

test("a path holds its parameters, escaped", async () => {
	const { request } = await asking(json(200, {}), (client) =>
		client.showLoaf({ uuid: "a/b c" }),
	);
	assert.equal(request.method, "GET");
	assert.equal(request.url, "/bakery/loaves/a%2Fb%20c");
});

test("a query repeats lists and leaves out what is undefined", async () => {
	const { request } = await asking(json(200, { items: [] }), (client) =>
		client.listLoaves({
			crumb: "very tight",
			name: ["a", "b"],
			limit: undefined,
		}),
	);
	assert.equal(request.url, "/bakery/loaves?crumb=very+tight&name=a&name=b");
});

test("parameters travel as headers and cookies too", async () => {
	const { request } = await asking(json(200, { items: [] }), (client) =>
		client.listLoaves({ shelf: "left", taste: "sweet" }),
	);
	assert.equal(request.url, "/bakery/loaves");
	assert.equal(request.headers["x-shelf"], "left");
	assert.equal(request.headers.cookie, "taste=sweet");
});

test("a body is JSON without what is undefined", async () => {
	const { request, result } = await asking(
		json(201, { name: "Rye" }),
		(client) => client.bakeLoaf({ name: "Rye", crumb: undefined }),
	);
	assert.equal(request.body, '{"name":"Rye"}');
	assert.equal(request.headers["content-type"], "application/json");
	assert.deepEqual(result, { name: "Rye" });
});

test("a body that may be absent is nothing at all", async () => {
	const { request, result } = await asking(
		(response) => response.writeHead(204).end(),
		(client) => client.throwAway({ uuid: "1" }),
	);
	assert.equal(request.body, "");
	assert.equal(request.headers["content-type"], undefined);
	assert.equal(result, undefined);
});

test("the token is asked for with each request", async () => {
	let asked = 0;
	const token = async () => `token-${++asked}`;
	const { request } = await asking(
		json(200, {}),
		async (client) => {
			await client.openingHours();
			await client.openingHours();
		},
		{ token },
	);
	assert.equal(asked, 2);
	assert.equal(request.headers.authorization, "Bearer token-1");
});

test("a ticket is read from its cookie and spent without the token", async () => {
	const cookie = "bakery-photo=ticket-1; Max-Age=5; HttpOnly; Secure";
	const { result: ticket } = await asking(
		(response) => response.writeHead(200, { "Set-Cookie": cookie }).end(),
		(client) => client.photoRequest({ uuid: "1" }),
	);
	assert.equal(ticket, "ticket-1");
	const headers = {
		"Content-Type": "image/png",
		"Content-Length": 3,
		"Content-Disposition": 'attachment; filename="rye.png"',
	};
	const { request, result } = await asking(
		(response) => response.writeHead(200, headers).end("png"),
		async (client) => {
			const file = await client.photo({ uuid: "1" }, { ticket });
			return { ...file, text: await file.response.text() };
		},
		{ token: "token" },
	);
	assert.equal(request.headers.cookie, "bakery-photo=ticket-1");
	assert.equal(request.headers.authorization, undefined);
	assert.equal(result.filename, "rye.png");
	assert.equal(result.size, 3);
	assert.equal(result.mediaType, "image/png");
	assert.equal(result.text, "png");
});

test("an error has the name that its header says", async () => {
	const body = { message: "no such loaf", uuid: "1" };
	const error = await failing(json(404, body, { "bakery-error": "not_found" }));
	assert.ok(error instanceof ApiError);
	assert.ok(isApiError(error, "not_found"));
	assert.equal(error.status, 404);
	assert.equal(error.message, "no such loaf");
	assert.deepEqual(error.body, body);
});

test("an error without the header has the name that its body says", async () => {
	const error = await failing(json(409, { name: "stale", message: "too old" }));
	assert.equal(error.name, "stale");
});

test("an error without either has the name that its status says", async () => {
	const error = await failing(json(401, "Unauthorized"));
	assert.ok(isApiError(error, "unauthorized"));
	assert.equal(error.message, "Unauthorized");
});

test("an answer that no design knows is still an error with its text", async () => {
	const error = await failing((response) =>
		response.writeHead(502).end("<html>"),
	);
	assert.equal(error.name, "http_error");
	assert.equal(error.body, "<html>");
});

test("an answer without a body is an error with its status", async () => {
	const error = await failing((response) => response.writeHead(503).end());
	assert.equal(error.message, "HTTP status 503");
});

test("a call can be ended early, and sees the headers of its answer", async () => {
	const seen = [];
	await asking(json(200, {}, { "Event-Position": "7-1" }), (client) =>
		client.openingHours({
			onResponse: (response) =>
				seen.push(response.headers.get("Event-Position")),
		}),
	);
	assert.deepEqual(seen, ["7-1"]);
	const signal = AbortSignal.abort();
	await assert.rejects(
		asking(json(200, {}), (client) => client.openingHours({ signal })),
		{ name: "AbortError" },
	);
});

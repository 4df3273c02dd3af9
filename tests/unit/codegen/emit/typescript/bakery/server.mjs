/** A server that answers as it is told, and remembers what it was asked. */

import { createServer } from "node:http";

export async function serve(answer) {
	const requests = [];
	const server = createServer(async (request, response) => {
		let body = "";
		for await (const chunk of request) {
			body += chunk;
		}
		const { method, url, headers } = request;
		requests.push({ method, url, headers, body });
		await answer(response, requests.at(-1), requests.length);
	});
	await new Promise((listening) => {
		server.listen(0, "127.0.0.1", listening);
	});
	return {
		requests,
		baseUrl: `http://127.0.0.1:${server.address().port}`,
		close() {
			server.closeAllConnections();
			server.close();
		},
	};
}

export function json(status, value, headers = {}) {
	return (response) => {
		const type = { "Content-Type": "application/json" };
		response.writeHead(status, { ...type, ...headers });
		response.end(JSON.stringify(value));
	};
}

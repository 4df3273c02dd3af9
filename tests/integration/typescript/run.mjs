/** Runs the program against the service at the given address, and prints what it found. */

import { record, refusals, watch } from "./archive.js";
import { StorageClient } from "./client.js";

const [, , baseUrl, everything, reading, folder] = process.argv;
const client = new StorageClient({ baseUrl, token: everything });

// Node's own WebSocket takes headers where the standard one has protocols.
const connect = (url, cookie) => new WebSocket(url, { headers: { cookie } });

const seen = await watch({ baseUrl, token: everything, connect }, () =>
	record(client, folder),
);
const refused = await refusals(baseUrl, reading);
console.log(JSON.stringify({ seen, refused }));

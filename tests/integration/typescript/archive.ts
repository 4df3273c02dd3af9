/** A program on the generated client; that it compiles is half of what it shows. */

import { isApiError, StorageClient } from "./client.js";
import type { ErrorName } from "./errors.js";
import { StorageMonitor, type StorageMonitorEvent } from "./monitor.js";
import type { StreamOptions } from "./stream.js";
import type { AIP } from "./types.js";

const UNKNOWN = "99999999-9999-4999-8999-999999999999";

/** Say what happened; the compiler sees to it that no kind is forgotten. */
function sentence(event: StorageMonitorEvent): string {
	switch (event.type) {
		case "aip_created_event":
		case "aip_updated_event":
			return `${event.value.item.name} is ${event.value.item.status}`;
		case "location_created_event":
		case "location_updated_event":
			return `${event.value.item.name} is ${event.value.item.purpose}`;
		case "aip_workflow_created_event":
		case "aip_workflow_updated_event":
			return `${event.value.item.type} is ${event.value.item.status}`;
		case "aip_task_created_event":
		case "aip_task_updated_event":
			return event.value.item.note ?? "";
		case "deletion_request_created_event":
		case "deletion_request_updated_event":
			return event.value.item.reason;
		case "storage_ping_event":
			return event.value.message;
		case "storage_reset_event":
			return event.value.reason;
		default: {
			const forgotten: never = event;
			return forgotten;
		}
	}
}

/** Add a location and a package to it, list it, and reject it. */
export async function record(client: StorageClient, url: string): Promise<AIP> {
	const { uuid: location_uuid } = await client.createLocation(
		{
			name: "shelf",
			source: "filesystem",
			purpose: "aip_store",
			config: { type: "url", value: { url } },
		},
		{ check: true },
	);
	const created = await client.createAip({
		uuid: crypto.randomUUID(),
		name: `letters of ${location_uuid}`,
		object_key: crypto.randomUUID(),
		status: "stored",
		location_uuid,
	});
	const { items, page } = await client.listAips({ query: location_uuid });
	if (page.total !== 1 || items[0]?.uuid !== created.uuid) {
		throw new Error("the list does not show what was created");
	}
	await client.rejectAip({ uuid: created.uuid });
	return client.showAip({ uuid: created.uuid });
}

/** Watch until a package is deleted, and begin with it once the stream is open. */
export async function watch(
	options: StreamOptions,
	begin: () => Promise<unknown>,
): Promise<string[]> {
	const seen: string[] = [];
	const monitor = new StorageMonitor(options);
	for await (const { event } of monitor) {
		seen.push(sentence(event));
		if (event.type === "storage_ping_event") {
			await begin();
		} else if (event.type === "aip_updated_event") {
			monitor.close();
		}
	}
	return seen;
}

/** Ask for what there is not, and tell what the typed error says. */
export async function refusals(
	baseUrl: string,
	token: string,
): Promise<Partial<Record<ErrorName, string>>> {
	const client = new StorageClient({ baseUrl, token });
	const stranger = new StorageClient({ baseUrl });
	const told: Partial<Record<ErrorName, string>> = {};
	const ask = async (asking: Promise<unknown>): Promise<void> => {
		try {
			await asking;
		} catch (error) {
			if (isApiError(error, "not_found")) {
				told.not_found = `${error.body.message} ${"uuid" in error.body && error.body.uuid}`;
			} else if (isApiError(error, "not_valid")) {
				told.not_valid = error.body.message;
			} else if (isApiError(error, "unauthorized")) {
				told.unauthorized = error.body;
			} else if (isApiError(error, "forbidden")) {
				told.forbidden = error.body;
			} else {
				throw error;
			}
		}
	};
	await ask(client.showAip({ uuid: UNKNOWN }));
	await ask(
		client.createAip({
			uuid: crypto.randomUUID(),
			name: "letters",
			object_key: crypto.randomUUID(),
			location_uuid: UNKNOWN,
		}),
	);
	await ask(stranger.listAips());
	await ask(client.listLocations());
	return told;
}

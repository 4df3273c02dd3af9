/**
 * The streams of Storage service.
 *
 * Generated from the design: do not edit.
 */

import type { StorageEvent } from "./events.js";
import { EventStream, type StreamOptions, type StreamRoute } from "./stream.js";

const storageMonitorTags = [
	"storage_ping_event",
	"storage_reset_event",
	"aip_created_event",
	"aip_updated_event",
] as const;

/** An event of the stream monitor of storage. */
export type StorageMonitorEvent = Extract<
	StorageEvent,
	{ type: (typeof storageMonitorTags)[number] }
>;

const storageMonitor: StreamRoute = {
	path: "/storage/monitor",
	over: ["websocket"],
	tags: new Set(storageMonitorTags),
	heartbeatSeconds: 10,
	resume: true,
	ticket: {
		method: "POST",
		path: "/storage/monitor",
		cookie: "enduro-storage-ws-ticket",
	},
};

/** How to watch the stream, and how much of it. */
export interface StorageMonitorOptions extends StreamOptions {
	/** The tags of the events wanted; all of them when absent. */
	readonly types?: readonly StorageMonitorEvent["type"][] | undefined;
	/** Whose events are wanted; everybody's when absent. */
	readonly subject?: string | undefined;
}

/**
 * Watch the events of the service.
 *
 * `for await (const { event } of new StorageMonitor({ baseUrl, token }))` watches it.
 */
export class StorageMonitor extends EventStream<StorageMonitorEvent> {
	constructor(options: StorageMonitorOptions) {
		super(storageMonitor, options, {
			types: options.types?.join(","),
			subject: options.subject,
		});
	}
}

/**
 * The streams of Ba"ker'y \ """ *\/ <b> ${x} {{ y }} {% z %}.
 *
 * Generated from the design: do not edit.
 */

import type { KitchenEvent } from "./events.js";
import { EventStream, type StreamOptions, type StreamRoute } from "./stream.js";

const kitchenStreamTags = ["publisher", "beat", "gone"] as const;

/** An event of the stream stream of kitchen. */
export type KitchenStreamEvent = Extract<
	KitchenEvent,
	{ type: (typeof kitchenStreamTags)[number] }
>;

const kitchenStream: StreamRoute = {
	path: "/models/stream",
	over: ["websocket", "sse"],
	tags: new Set(kitchenStreamTags),
	heartbeatSeconds: 10,
	resume: true,
	ticket: {
		method: "POST",
		path: "/models/stream",
		cookie: "t",
	},
};

/** How to watch the stream, and how much of it. */
export interface KitchenStreamOptions extends StreamOptions {
	/** The tags of the events wanted; all of them when absent. */
	readonly types?: readonly KitchenStreamEvent["type"][] | undefined;
	/** Whose events are wanted; everybody's when absent. */
	readonly subject?: string | undefined;
}

/**
 * `for await (const { event } of new KitchenStream({ baseUrl, token }))` watches it.
 */
export class KitchenStream extends EventStream<KitchenStreamEvent> {
	constructor(options: KitchenStreamOptions) {
		super(kitchenStream, options, {
			types: options.types?.join(","),
			subject: options.subject,
		});
	}
}

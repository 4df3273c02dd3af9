/**
 * The events of Storage service.
 *
 * Generated from the design: do not edit.
 */

import type * as types from "./types.js";

/**
 * The stream is alive.
 *
 * Requires a valid token.
 */
export interface MonitorPingEvent {
	message: string;
}

/**
 * Load everything again.
 *
 * Requires a valid token.
 */
export interface MonitorResetEvent {
	reason: types.MonitorResetReason;
}

/**
 * A package was recorded.
 *
 * Requires `storage:aips:list`.
 */
export interface AIPCreatedEvent {
	uuid: string;
	item: types.AIP;
}

/**
 * A package changed.
 *
 * Requires `storage:aips:read`.
 */
export interface AIPUpdatedEvent {
	uuid: string;
	item: types.AIP;
}

/** The tags of the events of storage, by their names in the design. */
export const StorageEventTags = {
	MonitorPingEvent: "storage_ping_event",
	MonitorResetEvent: "storage_reset_event",
	AIPCreatedEvent: "aip_created_event",
	AIPUpdatedEvent: "aip_updated_event",
} as const;

/** An event of storage; `switch (event.type)` tells which. */
export type StorageEvent =
	| { type: "storage_ping_event"; value: MonitorPingEvent }
	| { type: "storage_reset_event"; value: MonitorResetEvent }
	| { type: "aip_created_event"; value: AIPCreatedEvent }
	| { type: "aip_updated_event"; value: AIPUpdatedEvent };

/** Proves to the compiler that every event has been dealt with. */
export function unreachable(event: never): never {
	throw new Error(`an event that nobody expects: ${JSON.stringify(event)}`);
}

/**
 * The events of Ba"ker'y \ """ *\/ <b> ${x} {{ y }} {% z %}.
 *
 * Generated from the design: do not edit.
 */

import type * as types from "./types.js";

/**
 * """ *\/ \
 *
 * Requires `a:b`.
 */
export interface Publisher {
	uuid: string;
	type: string;
	value: number;
	event: string;
	data: types.Loaf;
}

/** Requires a valid token. */
export interface Beat {
	message: string;
}

/** Requires a valid token. */
export interface Gone {
	reason: string;
}

/** The tags of the events of kitchen, by their names in the design. */
export const KitchenEventTags = {
	Publisher: "publisher",
	Beat: "beat",
	Gone: "gone",
} as const;

/** An event of kitchen; `switch (event.type)` tells which. */
export type KitchenEvent =
	| { type: "publisher"; value: Publisher }
	| { type: "beat"; value: Beat }
	| { type: "gone"; value: Gone };

/** Proves to the compiler that every event has been dealt with. */
export function unreachable(event: never): never {
	throw new Error(`an event that nobody expects: ${JSON.stringify(event)}`);
}

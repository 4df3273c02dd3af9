/** What a user of the client writes, and what the compiler knows about it. */

import { type ApiError, BakeryClient, isApiError } from "./client.js";
import {
	type BakeryEvent,
	BakeryEventTags,
	type LoafBakedEvent,
	unreachable,
} from "./events.js";
import { BakeryWindow } from "./monitor.js";
import { type Crumb, CrumbValues, type Loaf, type Topping } from "./types.js";

/** Every event is dealt with: none is left for the last branch. */
export function tell(event: BakeryEvent): string {
	switch (event.type) {
		case "ping":
			return event.value.message;
		case "reset":
			return event.value.reason;
		case BakeryEventTags.LoafBakedEvent: {
			const baked: LoafBakedEvent = event.value;
			return baked.item.name;
		}
		case "loaf_was_eaten_by_somebody_who_was_very_hungry":
			return event.value.by ?? "nobody";
		default:
			return unreachable(event);
	}
}

/** A union is told apart by its tag. */
export function spread(topping: Topping): string {
	return topping.type === "jam" ? topping.value.fruit : topping.value.name;
}

/** Absence and null are two things. */
export const bare: Loaf = { uuid: "1", name: "Rye", baked_at: null };
// @ts-expect-error: what may be absent is not for that undefined
export const odd: Loaf = { ...bare, weight: undefined };
// @ts-expect-error: what may be absent is not for that null
export const odder: Loaf = { ...bare, weight: null };
export const noted: Loaf = { ...bare, note: null };

/** An enum is a list of values and a type of them. */
export const crumbs: readonly Crumb[] = CrumbValues;
// @ts-expect-error: no such crumb
export const crumb: Crumb = "stale";

/** A name tells what the body of an error is. */
export function complain(error: unknown): string {
	if (isApiError(error, "unauthorized")) {
		const body: "Unauthorized" = error.body;
		return body;
	}
	if (isApiError(error, "not_valid")) {
		return error.body.message;
	}
	return (error as ApiError).name;
}

/** A stream yields the events of the design. */
export async function watch(baseUrl: string): Promise<void> {
	const client = new BakeryClient({ baseUrl, token: async () => "token" });
	const { items } = await client.listLoaves({ limit: undefined });
	const window = new BakeryWindow({ baseUrl, types: ["loaf_baked"] });
	for await (const { event, id } of window) {
		tell(event);
		if (items.length > Number(id)) {
			break;
		}
	}
	// @ts-expect-error: no such tag
	new BakeryWindow({ baseUrl, types: ["burnt"] });
	// @ts-expect-error: no such operation
	client.burnLoaf();
	// @ts-expect-error: a path parameter is needed
	client.showLoaf({});
}

/** One event is forgotten: the compiler must refuse this file, and no other. */

import { type BakeryEvent, unreachable } from "./events.js";

export function tell(event: BakeryEvent): string {
	switch (event.type) {
		case "ping":
			return event.value.message;
		case "loaf_baked":
			return event.value.item.name;
		case "loaf_was_eaten_by_somebody_who_was_very_hungry":
			return event.value.uuid;
		default:
			return unreachable(event);
	}
}

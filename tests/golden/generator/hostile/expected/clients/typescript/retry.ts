/**
 * When to try again.
 *
 * The same for every design: do not edit.
 */

import { ApiError } from "./errors.js";

/** Return how long to wait after so many failures, in milliseconds. */
export function usualWait(
	failures: number,
	[shortest, longest]: readonly [number, number] = [1000, 30000],
): number {
	const wait = Math.min(longest, shortest * 2 ** failures);
	// Clients that lost one server together do not come back together.
	return wait * (0.5 + Math.random() / 2);
}

/** Return how long an error asks to wait, in milliseconds; throw what no waiting mends. */
export function shortestWait(error: unknown): number {
	if (error instanceof ReferenceError) {
		// There is no WebSocket here, and no other way was given.
		throw error;
	}
	if (!(error instanceof ApiError)) {
		return 0;
	}
	const { status, headers } = error;
	if (status < 500 && status !== 408 && status !== 429) {
		throw error;
	}
	return 1000 * (Number(headers.get("Retry-After")) || 0);
}

/** Wait so many milliseconds, or until the signal ends it. */
export function pause(
	milliseconds: number,
	signal: AbortSignal,
): Promise<void> {
	return new Promise((resolve) => {
		const done = (): void => {
			clearTimeout(timer);
			signal.removeEventListener("abort", done);
			resolve();
		};
		const timer = setTimeout(done, milliseconds);
		signal.addEventListener("abort", done);
	});
}

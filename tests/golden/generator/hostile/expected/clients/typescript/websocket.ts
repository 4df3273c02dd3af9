/**
 * The messages of a WebSocket, one after the other.
 *
 * The same for every design: do not edit.
 */

/** As much of a WebSocket as is needed: a browser's, or another that behaves alike. */
export interface Socket {
	addEventListener(
		type: "message",
		listener: (event: { readonly data: unknown }) => void,
	): void;
	addEventListener(type: "close" | "error", listener: () => void): void;
	close(): void;
}

/**
 * Yield each message until the socket or the signal ends, or nothing has come for `patience`
 * milliseconds.  The socket is closed when the loop is left.
 */
export async function* socketMessages(
	socket: Socket,
	signal: AbortSignal,
	patience: number,
): AsyncGenerator<string, void, undefined> {
	const waiting: string[] = [];
	let ended = signal.aborted;
	let wake = (): void => {};
	const end = (): void => {
		ended = true;
		wake();
	};
	socket.addEventListener("message", ({ data }) => {
		waiting.push(String(data));
		wake();
	});
	socket.addEventListener("close", end);
	socket.addEventListener("error", end);
	signal.addEventListener("abort", end);
	try {
		while (!signal.aborted) {
			const message = waiting.shift();
			if (message !== undefined) {
				yield message;
			} else if (ended) {
				return;
			} else {
				const timer = setTimeout(end, patience);
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
				clearTimeout(timer);
			}
		}
	} finally {
		signal.removeEventListener("abort", end);
		socket.close();
	}
}

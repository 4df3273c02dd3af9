/**
 * The messages of a stream of server-sent events, one after the other.
 *
 * The same for every design: do not edit.
 */

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/**
 * Yield the data of each event until the body ends.  When nothing has come for `patience`
 * milliseconds, the stream ends too.
 */
export async function* sseMessages(
	response: Response,
	patience: number,
): AsyncGenerator<string, void, undefined> {
	const reader = response.body?.getReader();
	if (!reader) {
		return;
	}
	const decoder = new TextDecoder();
	let rest = "";
	let data: string[] = [];
	try {
		for (;;) {
			const bytes = await readWithin(patience, reader);
			if (!bytes) {
				return;
			}
			const text = rest + decoder.decode(bytes, { stream: true });
			const lines = text.split("\n");
			rest = lines.pop() ?? "";
			for (const line of lines.map((each) => each.replace(/\r$/, ""))) {
				if (line.startsWith("data:")) {
					data.push(line.slice(5).replace(/^ /, ""));
				} else if (line === "" && data.length > 0) {
					yield data.join("\n");
					data = [];
				}
			}
		}
	} finally {
		await cancel(reader);
	}
}

async function readWithin(
	patience: number,
	reader: Reader,
): Promise<Uint8Array | undefined> {
	const timer = setTimeout(() => cancel(reader), patience);
	try {
		return (await reader.read()).value;
	} finally {
		clearTimeout(timer);
	}
}

/** Stop reading; a body that has failed already has nothing to stop. */
function cancel(reader: Reader): Promise<void> {
	return reader.cancel().catch(() => {});
}

/**
 * How a stream of events is watched: connect, read, come back.
 *
 * The same for every design: do not edit.
 */

import {
	type ClientOptions,
	Http,
	type Query,
	search,
	type TicketCall,
} from "./http.js";
import { pause, shortestWait, usualWait } from "./retry.js";
import { sseMessages } from "./sse.js";
import { type Socket, socketMessages } from "./websocket.js";

/** An event as it is sent: its tag, and what it says. */
export interface TaggedEvent {
	readonly type: string;
	readonly value: unknown;
}

/** An event, and the place in the stream after it. */
export interface Frame<Event> {
	readonly event: Event;
	/** Where to go on from, if the stream can be resumed. */
	readonly id: string | undefined;
}

/** What a stream does at the moment. */
export type StreamState = "connecting" | "open" | "waiting" | "closed";

/** How events travel. */
export type Transport = "websocket" | "sse";

/** How a stream is watched. */
export interface StreamOptions extends ClientOptions {
	/**
	 * How to connect; by default a WebSocket in a browser, which sends the ticket's cookie itself,
	 * and server-sent events elsewhere.
	 */
	readonly over?: Transport | undefined;
	/** Where to go on from: the `id` of a frame, or the position that came with a list. */
	readonly lastEventId?: string | undefined;
	/** Ends the stream, as `close` does. */
	readonly signal?: AbortSignal | undefined;
	/** Told of events that this client does not know, which are skipped. */
	readonly onUnknown?: ((frame: Frame<TaggedEvent>) => void) | undefined;
	/** Told when the connection comes and goes. */
	readonly onState?: ((state: StreamState) => void) | undefined;
	/** Opens a WebSocket where no browser does; it has to send the cookie, if there is one. */
	readonly connect?: ((url: string, cookie: string) => Socket) | undefined;
	/** The shortest and the longest wait before connecting again, in milliseconds. */
	readonly retry?: readonly [shortest: number, longest: number] | undefined;
}

/** What the design says of a stream. */
export interface StreamRoute {
	readonly path: string;
	readonly over: readonly Transport[];
	readonly tags: ReadonlySet<string>;
	readonly heartbeatSeconds: number;
	readonly resume: boolean;
	readonly ticket?: TicketCall;
}

/** Events as they happen, for as long as the loop over them runs. */
export class EventStream<Event extends TaggedEvent>
	implements AsyncIterable<Frame<Event>>
{
	readonly #route: StreamRoute;
	readonly #options: StreamOptions;
	readonly #selection: Query;
	readonly #http: Http;
	readonly #closing = new AbortController();
	#state: StreamState | undefined;
	#lastEventId: string | undefined;

	constructor(
		route: StreamRoute,
		options: StreamOptions,
		selection: Query = {},
	) {
		this.#route = route;
		this.#options = options;
		this.#selection = selection;
		this.#http = new Http(options);
		this.#lastEventId = options.lastEventId;
		options.signal?.addEventListener("abort", () => this.close());
		if (options.signal?.aborted) {
			this.close();
		}
	}

	/** The place in the stream after the last event received. */
	get lastEventId(): string | undefined {
		return this.#lastEventId;
	}

	/** End the stream, and the loop over it. */
	close(): void {
		this.#closing.abort();
	}

	/** Call a function with each event, until the stream is closed. */
	async forEach(seen: (frame: Frame<Event>) => unknown): Promise<void> {
		for await (const frame of this) {
			await seen(frame);
		}
	}

	/**
	 * Yield each event.  A connection that is lost is made again, and goes on where it broke off;
	 * an answer that says the request itself is wrong, a 401 for example, is thrown.
	 */
	async *[Symbol.asyncIterator](): AsyncGenerator<Frame<Event>, void> {
		const { signal } = this.#closing;
		let failures = 0;
		try {
			while (!signal.aborted) {
				let least = 0;
				try {
					this.#tell("connecting");
					for await (const message of await this.#connect()) {
						this.#tell("open");
						failures = 0;
						const frame = this.#read(message);
						if (frame) {
							yield frame;
						}
						if (signal.aborted) {
							break;
						}
					}
				} catch (error) {
					if (!signal.aborted) {
						least = shortestWait(error);
					}
				}
				if (!signal.aborted) {
					this.#tell("waiting");
					const usual = usualWait(failures, this.#options.retry);
					await pause(Math.max(least, usual), signal);
					failures += 1;
				}
			}
		} finally {
			this.#tell("closed");
		}
	}

	#connect(): Promise<AsyncIterable<string>> {
		const { connect, over } = this.#options;
		// Only a browser adds the ticket's cookie by itself, and a page or worker has a location.
		const canSocket = connect !== undefined || "location" in globalThis;
		const usable = this.#route.over.filter(
			(each) => canSocket || each === "sse",
		);
		return (over ?? usable[0]) === "sse"
			? this.#connectSse()
			: this.#connectSocket();
	}

	async #connectSocket(): Promise<AsyncIterable<string>> {
		const { baseUrl, connect } = this.#options;
		const { signal } = this.#closing;
		const { path, ticket } = this.#route;
		let cookie = "";
		if (ticket) {
			const value = await this.#http.ticket({ signal }, ticket);
			cookie = value === undefined ? "" : `${ticket.cookie}=${value}`;
		}
		const page = globalThis.location?.href;
		const url = new URL(`${baseUrl}${path}${search(this.#query())}`, page);
		url.protocol = url.protocol.replace("http", "ws");
		const socket = connect?.(url.href, cookie) ?? new WebSocket(url);
		return socketMessages(socket, signal, this.#patience());
	}

	async #connectSse(): Promise<AsyncIterable<string>> {
		const { signal } = this.#closing;
		const headers = { Accept: "text/event-stream" };
		const response = await this.#http.send(
			{ signal, headers },
			{ method: "GET", path: this.#route.path, query: this.#query() },
		);
		return sseMessages(response, this.#patience());
	}

	#query(): Query {
		const { resume } = this.#route;
		return {
			...this.#selection,
			last_event_id: resume ? this.#lastEventId : undefined,
		};
	}

	/** One heartbeat may be late before the connection counts as dead. */
	#patience(): number {
		return this.#route.heartbeatSeconds * 2500;
	}

	#read(message: string): Frame<Event> | undefined {
		const frame = parsed(message);
		if (!frame) {
			return undefined;
		}
		this.#lastEventId = frame.id ?? this.#lastEventId;
		if (this.#route.tags.has(frame.event.type)) {
			return frame as Frame<Event>;
		}
		this.#options.onUnknown?.(frame);
		return undefined;
	}

	#tell(state: StreamState): void {
		if (state !== this.#state) {
			this.#state = state;
			this.#options.onState?.(state);
		}
	}
}

function parsed(message: string): Frame<TaggedEvent> | undefined {
	try {
		const { id, value } = JSON.parse(message);
		return typeof value.type === "string" && "value" in value
			? { event: value, id }
			: undefined;
	} catch {
		return undefined;
	}
}

/**
 * How requests are made: the address, the token, the errors.
 *
 * The same for every design: do not edit.
 */

import { ApiError } from "./errors.js";

/** A bearer token, or a function that finds one each time it is needed. */
export type Token =
	| string
	| (() => string | undefined | Promise<string | undefined>);

/** What every request of a client has in common. */
export interface ClientOptions {
	/** Where the API is, without a slash at the end: `https://example.org/api`. */
	readonly baseUrl: string;
	/** The token to send; without one, only what is open to anyone works. */
	readonly token?: Token | undefined;
	/** Whether the browser sends cookies to another origin, as tickets need. */
	readonly credentials?: RequestCredentials | undefined;
	/** What to use instead of the global `fetch`. */
	readonly fetch?: typeof fetch | undefined;
}

/** What one call may add. */
export interface CallOptions {
	/** Ends the call early. */
	readonly signal?: AbortSignal | undefined;
	/** A ticket, where no browser keeps the cookie that holds it. */
	readonly ticket?: string | undefined;
	/** More headers. */
	readonly headers?: Readonly<{ [name: string]: string }> | undefined;
	/** Called with a good answer before it is read: its headers, for example. */
	readonly onResponse?: ((response: Response) => void) | undefined;
}

/** A file that is being received. */
export interface Download {
	/** Its name, if the server gave one. */
	readonly filename: string | undefined;
	/** Its length in bytes, if the server gave it. */
	readonly size: number | undefined;
	/** What kind of file it is. */
	readonly mediaType: string;
	/** Its bytes, to be read once. */
	readonly response: Response;
}

type Text = string | number | boolean;

/** What stands behind the question mark; a list is repeated. */
export interface Query {
	readonly [name: string]: Text | readonly Text[] | undefined;
}

/** Headers or cookies. */
export interface Texts {
	readonly [name: string]: Text | undefined;
}

/** One request, as the methods of a client describe it. */
export interface Call {
	readonly method: string;
	readonly path: string;
	readonly query?: Query;
	readonly headers?: Texts;
	readonly cookies?: Texts;
	readonly body?: unknown;
	/** The name of the ticket cookie that opens the operation. */
	readonly ticketCookie?: string;
}

/** A request for a ticket, and the name of the cookie that will hold it. */
export interface TicketCall extends Call {
	readonly cookie: string;
}

/** Write a path; what is filled in is one segment each. */
export function path(
	texts: TemplateStringsArray,
	...values: readonly Text[]
): string {
	return String.raw(
		{ raw: texts },
		...values.map((value) => encodeURIComponent(value)),
	);
}

/** Makes requests, and turns answers into values or errors. */
export class Http {
	readonly #options: ClientOptions;

	constructor(options: ClientOptions) {
		this.#options = options;
	}

	/** Make a request that is answered with JSON. */
	async json<T>(options: CallOptions | undefined, call: Call): Promise<T> {
		const response = await this.send(options, call);
		return (await response.json()) as T;
	}

	/** Make a request that is answered with nothing. */
	async empty(options: CallOptions | undefined, call: Call): Promise<void> {
		const response = await this.send(options, call);
		await response.body?.cancel();
	}

	/** Make a request that is answered with a ticket, which a browser keeps to itself. */
	async ticket(
		options: CallOptions | undefined,
		call: TicketCall,
	): Promise<string | undefined> {
		const response = await this.send(options, call);
		await response.body?.cancel();
		const start = `${call.cookie}=`;
		const set = response.headers.getSetCookie();
		const found = set.find((each) => each.startsWith(start));
		return found?.slice(start.length).split(";", 1)[0];
	}

	/** Make a request that is answered with a file. */
	async file(options: CallOptions | undefined, call: Call): Promise<Download> {
		const response = await this.send(options, call);
		const size = response.headers.get("Content-Length");
		const named = response.headers.get("Content-Disposition") ?? "";
		return {
			filename: /filename="([^"]*)"/.exec(named)?.[1],
			size: size === null ? undefined : Number(size),
			mediaType: response.headers.get("Content-Type") ?? "",
			response,
		};
	}

	/** Make a request; an answer that is an error is thrown. */
	async send(options: CallOptions | undefined, call: Call): Promise<Response> {
		const { baseUrl, credentials, fetch = globalThis.fetch } = this.#options;
		const response = await fetch(
			`${baseUrl}${call.path}${search(call.query)}`,
			{
				method: call.method,
				headers: await this.#headers(options, call),
				...(call.body !== undefined && { body: JSON.stringify(call.body) }),
				...(credentials && { credentials }),
				...(options?.signal && { signal: options.signal }),
			},
		);
		if (!response.ok) {
			throw await ApiError.of(response);
		}
		options?.onResponse?.(response);
		return response;
	}

	async #headers(
		options: CallOptions | undefined,
		call: Call,
	): Promise<Headers> {
		const headers = new Headers(options?.headers);
		for (const [name, value] of present(call.headers)) {
			headers.set(name, String(value));
		}
		if (call.body !== undefined) {
			headers.set("Content-Type", "application/json");
		}
		const cookies = present({
			...call.cookies,
			...(call.ticketCookie && { [call.ticketCookie]: options?.ticket }),
		});
		if (cookies.length > 0) {
			// A browser drops this header: it sends the cookies that it keeps.
			headers.set("Cookie", cookies.map((pair) => pair.join("=")).join("; "));
		}
		const { token } = this.#options;
		const bearer = typeof token === "function" ? await token() : token;
		if (bearer !== undefined && call.ticketCookie === undefined) {
			headers.set("Authorization", `Bearer ${bearer}`);
		}
		return headers;
	}
}

function present<T>(
	values: { readonly [name: string]: T | undefined } = {},
): [string, T][] {
	return Object.entries(values).filter(
		(pair): pair is [string, T] => pair[1] !== undefined,
	);
}

/** Write a query; a list is repeated, what is undefined is left out. */
export function search(query: Query | undefined): string {
	const search = new URLSearchParams();
	for (const [name, value] of present(query)) {
		for (const each of Array.isArray(value) ? value : [value]) {
			search.append(name, String(each));
		}
	}
	return search.size > 0 ? `?${search}` : "";
}

/**
 * The calls of Ba"ker'y \ """ *\/ <b> ${x} {{ y }} {% z %}.
 *
 * Generated from the design: do not edit.
 */

import {
	type CallOptions,
	type ClientOptions,
	type Download,
	Http,
	path,
} from "./http.js";
import type * as types from "./types.js";

export { ApiError, isApiError } from "./errors.js";

/** The parameters of `delete`. */
export interface KitchenDeleteParameters {
	delete: string;
}

/** The parameters of `new`. */
export interface KitchenNewParameters {
	id: string;
	types: string[];
	subject?: string | undefined;
	last_event_id?: string | undefined;
	events?: string | undefined;
	date?: string | undefined;
	datetime?: string | undefined;
	client?: string | undefined;
	headers?: string | undefined;
	cookies?: string | undefined;
	query?: string | undefined;
	path?: string | undefined;
	params?: string | undefined;
	timeout?: number | undefined;
	init?: string | undefined;
	url?: string | undefined;
	service?: string | undefined;
	models?: types.Kind | undefined;
	options?: string | undefined;
	/** @default 5 */
	limit?: number | undefined;
	/** @default "1a" */
	kind?: types.Kind | undefined;
	/** @default "a\"b\\c" */
	text?: string | undefined;
	x_a: string;
	sid: string;
}

/** """ \ *\/ */
export class KitchenClient {
	readonly #http: Http;

	constructor(options: ClientOptions) {
		this.#http = new Http(options);
	}

	/**
	 * Requires `a:b`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`
	 */
	events(options?: CallOptions): Promise<types.Loaf> {
		return this.#http.json(options, {
			method: "GET",
			path: "/models/events",
		});
	}

	/**
	 * """ \
	 *
	 * Requires `a:b`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`
	 */
	publish(body: types.Loaf, options?: CallOptions): Promise<types.Choice> {
		return this.#http.json(options, {
			method: "POST",
			path: "/models/publish",
			body,
		});
	}

	/**
	 * Requires `a:b`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`
	 */
	close(options?: CallOptions): Promise<void> {
		return this.#http.empty(options, {
			method: "GET",
			path: "/models/close",
		});
	}

	/**
	 * *\/
	 *
	 * Requires `a:b`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`
	 */
	client(options?: CallOptions): Promise<types.Loaf[]> {
		return this.#http.json(options, {
			method: "GET",
			path: "/models/client",
		});
	}

	/**
	 * Requires `a:b`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`
	 */
	models(options?: CallOptions): Promise<{ [key: string]: types.LoafSmall }> {
		return this.#http.json(options, {
			method: "GET",
			path: "/models/models",
		});
	}

	/**
	 * Requires `a:b`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`
	 */
	errors(options?: CallOptions): Promise<Download> {
		return this.#http.file(options, {
			method: "GET",
			path: "/models/errors",
		});
	}

	/**
	 * Requires `a:b`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`
	 */
	delete(
		parameters: KitchenDeleteParameters,
		options?: CallOptions,
	): Promise<void> {
		return this.#http.empty(options, {
			method: "DELETE",
			path: path`/models/x/${parameters.delete}`,
		});
	}

	/**
	 * Requires `a:b`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`
	 */
	new(
		parameters: KitchenNewParameters,
		options?: CallOptions,
	): Promise<types.Loaf> {
		return this.#http.json(options, {
			method: "GET",
			path: path`/models/new/${parameters.id}`,
			query: {
				types: parameters.types,
				subject: parameters.subject,
				last_event_id: parameters.last_event_id,
				events: parameters.events,
				date: parameters.date,
				datetime: parameters.datetime,
				client: parameters.client,
				headers: parameters.headers,
				cookies: parameters.cookies,
				query: parameters.query,
				path: parameters.path,
				params: parameters.params,
				timeout: parameters.timeout,
				init: parameters.init,
				url: parameters.url,
				service: parameters.service,
				models: parameters.models,
				options: parameters.options,
				limit: parameters.limit,
				kind: parameters.kind,
				text: parameters.text,
			},
			headers: {
				"X-A": parameters.x_a,
			},
			cookies: {
				sid: parameters.sid,
			},
		});
	}

	/**
	 * Requires a valid token.
	 *
	 * A browser keeps the ticket to itself, as a cookie, and returns nothing.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`
	 */
	ticket(options?: CallOptions): Promise<string | undefined> {
		return this.#http.ticket(options, {
			method: "POST",
			path: "/models/stream",
			cookie: "t",
		});
	}
}

/** The operations of runtime. */
export class RuntimeClient {
	readonly #http: Http;

	constructor(options: ClientOptions) {
		this.#http = new Http(options);
	}

	/** Open to anyone. */
	typing(options?: CallOptions): Promise<types.Loaf> {
		return this.#http.json(options, {
			method: "GET",
			path: "/runtime/typing",
		});
	}
}

/**
 * The calls of Storage service.
 *
 * Generated from the design: do not edit.
 */

import { type CallOptions, type ClientOptions, Http, path } from "./http.js";
import type * as types from "./types.js";

export { ApiError, isApiError } from "./errors.js";

/** The parameters of `listAips`. */
export interface StorageListAipsParameters {
	query?: string | undefined;
	earliest_created_time?: string | undefined;
	latest_created_time?: string | undefined;
	status?: types.AIPStatus | undefined;
	limit?: number | undefined;
	offset?: number | undefined;
}

/** The parameters of `showAip`. */
export interface StorageShowAipParameters {
	uuid: string;
}

/** The parameters of `rejectAip`. */
export interface StorageRejectAipParameters {
	uuid: string;
}

/** Packages and their locations. */
export class StorageClient {
	readonly #http: Http;

	constructor(options: ClientOptions) {
		this.#http = new Http(options);
	}

	/**
	 * List packages, newest first.
	 *
	 * Requires `storage:aips:list`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`
	 */
	listAips(
		parameters: StorageListAipsParameters = {},
		options?: CallOptions,
	): Promise<types.AIPs> {
		return this.#http.json(options, {
			method: "GET",
			path: "/storage/aips",
			query: {
				query: parameters.query,
				earliest_created_time: parameters.earliest_created_time,
				latest_created_time: parameters.latest_created_time,
				status: parameters.status,
				limit: parameters.limit,
				offset: parameters.offset,
			},
		});
	}

	/**
	 * Record a package.
	 *
	 * Requires `storage:aips:create`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`
	 */
	createAip(body: types.CreateAIP, options?: CallOptions): Promise<types.AIP> {
		return this.#http.json(options, {
			method: "POST",
			path: "/storage/aips",
			body,
		});
	}

	/**
	 * Show one package.
	 *
	 * Requires `storage:aips:read`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`, `not_found`
	 */
	showAip(
		parameters: StorageShowAipParameters,
		options?: CallOptions,
	): Promise<types.AIP> {
		return this.#http.json(options, {
			method: "GET",
			path: path`/storage/aips/${parameters.uuid}`,
		});
	}

	/**
	 * Reject a package.
	 *
	 * Requires `storage:aips:review`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`, `not_found`, `not_available`
	 */
	rejectAip(
		parameters: StorageRejectAipParameters,
		options?: CallOptions,
	): Promise<void> {
		return this.#http.empty(options, {
			method: "POST",
			path: path`/storage/aips/${parameters.uuid}/reject`,
		});
	}

	/**
	 * Ask for a ticket to the stream; the answer carries it as a cookie.
	 *
	 * Requires a valid token.
	 *
	 * A browser keeps the ticket to itself, as a cookie, and returns nothing.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`
	 */
	monitorRequest(options?: CallOptions): Promise<string | undefined> {
		return this.#http.ticket(options, {
			method: "POST",
			path: "/storage/monitor",
			cookie: "enduro-storage-ws-ticket",
		});
	}
}

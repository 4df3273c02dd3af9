/**
 * The calls of Storage service.
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

/** The parameters of `listAips`. */
export interface StorageListAipsParameters {
	/** A part of the name or of the identifier. */
	query?: string | undefined;
	earliest_created_time?: string | undefined;
	latest_created_time?: string | undefined;
	status?: types.AIPStatus | undefined;
	/**
	 * How many packages to list at most: 20 if absent or zero, 50000 if below
	 * zero or above that.
	 */
	limit?: number | undefined;
	/** How many packages to pass over; none if below zero. */
	offset?: number | undefined;
}

/** The parameters of `showAip`. */
export interface StorageShowAipParameters {
	uuid: types.Identifier;
}

/** The parameters of `downloadAipRequest`. */
export interface StorageDownloadAipRequestParameters {
	uuid: types.Identifier;
}

/** The parameters of `downloadAip`. */
export interface StorageDownloadAipParameters {
	uuid: types.Identifier;
}

/** The parameters of `moveAip`. */
export interface StorageMoveAipParameters {
	uuid: types.Identifier;
}

/** The parameters of `moveAipStatus`. */
export interface StorageMoveAipStatusParameters {
	uuid: types.Identifier;
}

/** The parameters of `rejectAip`. */
export interface StorageRejectAipParameters {
	uuid: types.Identifier;
}

/** The parameters of `aipDeletionAuto`. */
export interface StorageAipDeletionAutoParameters {
	uuid: types.Identifier;
}

/** The parameters of `requestAipDeletion`. */
export interface StorageRequestAipDeletionParameters {
	uuid: types.Identifier;
}

/** The parameters of `reviewAipDeletion`. */
export interface StorageReviewAipDeletionParameters {
	uuid: types.Identifier;
}

/** The parameters of `cancelAipDeletion`. */
export interface StorageCancelAipDeletionParameters {
	uuid: types.Identifier;
}

/** The parameters of `aipDeletionReportRequest`. */
export interface StorageAipDeletionReportRequestParameters {
	uuid: types.Identifier;
}

/** The parameters of `aipDeletionReport`. */
export interface StorageAipDeletionReportParameters {
	uuid: types.Identifier;
}

/** The parameters of `createLocation`. */
export interface StorageCreateLocationParameters {
	/**
	 * Whether to try the location first: a small object is written, read and
	 * deleted there. A location that fails is refused.
	 */
	check?: boolean | undefined;
}

/** The parameters of `showLocation`. */
export interface StorageShowLocationParameters {
	uuid: types.Identifier;
}

/** The parameters of `updateLocation`. */
export interface StorageUpdateLocationParameters {
	uuid: types.Identifier;
}

/** The parameters of `listLocationAips`. */
export interface StorageListLocationAipsParameters {
	uuid: types.Identifier;
}

/** The parameters of `listAipWorkflows`. */
export interface StorageListAipWorkflowsParameters {
	uuid: types.Identifier;
	status?: types.WorkflowStatus | undefined;
	type?: types.WorkflowType | undefined;
}

/** What this installation is. */
export class AboutClient {
	readonly #http: Http;

	constructor(options: ClientOptions) {
		this.#http = new Http(options);
	}

	/**
	 * Say what this installation is.
	 *
	 * Requires a valid token.
	 *
	 * @throws ApiError: `unauthorized`
	 */
	about(options?: CallOptions): Promise<types.About> {
		return this.#http.json(options, {
			method: "GET",
			path: "/about",
		});
	}
}

/**
 * Storage locations, the archival packages in them, and what happens to both.
 */
export class StorageClient {
	readonly #http: Http;

	constructor(options: ClientOptions) {
		this.#http = new Http(options);
	}

	/**
	 * List packages, the newest first. Both times are about when a package was
	 * registered: from the earliest on, and before the latest.
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
	 * Register a package.
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
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_found`, `not_valid`
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
	 * Ask for a ticket that opens the download of a package.
	 *
	 * Requires `storage:aips:download`.
	 *
	 * A browser keeps the ticket to itself, as a cookie, and returns nothing.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_found`, `not_valid`, `internal_error`
	 */
	downloadAipRequest(
		parameters: StorageDownloadAipRequestParameters,
		options?: CallOptions,
	): Promise<string | undefined> {
		return this.#http.ticket(options, {
			method: "POST",
			path: path`/storage/aips/${parameters.uuid}/download`,
			cookie: "enduro-aip-download-ticket",
		});
	}

	/**
	 * Download a package.
	 *
	 * Requires `storage:aips:download`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_found`, `not_valid`, `internal_error`
	 */
	downloadAip(
		parameters: StorageDownloadAipParameters,
		options?: CallOptions,
	): Promise<Download> {
		return this.#http.file(options, {
			method: "GET",
			path: path`/storage/aips/${parameters.uuid}/download`,
			ticketCookie: "enduro-aip-download-ticket",
		});
	}

	/**
	 * Move a package to another location.  The answer does not wait for the move.
	 *
	 * Requires `storage:aips:move`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_found`, `not_valid`, `not_available`
	 */
	moveAip(
		parameters: StorageMoveAipParameters,
		body: types.MoveAIP,
		options?: CallOptions,
	): Promise<void> {
		return this.#http.empty(options, {
			method: "POST",
			path: path`/storage/aips/${parameters.uuid}/store`,
			body,
		});
	}

	/**
	 * Ask how far the latest move of a package has come.
	 *
	 * Requires `storage:aips:move`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_found`, `not_valid`, `failed_dependency`
	 */
	moveAipStatus(
		parameters: StorageMoveAipStatusParameters,
		options?: CallOptions,
	): Promise<types.MoveStatus> {
		return this.#http.json(options, {
			method: "GET",
			path: path`/storage/aips/${parameters.uuid}/store`,
		});
	}

	/**
	 * Reject a package.  Its bytes stay; the package counts as deleted. An open
	 * request to delete it is canceled.
	 *
	 * Requires `storage:aips:review`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_found`, `not_valid`, `not_available`
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
	 * Delete a package without a review.  The answer does not wait for the
	 * deletion.
	 *
	 * Requires `storage:aips:deletion:auto`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_found`, `not_valid`, `not_available`, `internal_error`
	 */
	aipDeletionAuto(
		parameters: StorageAipDeletionAutoParameters,
		body: types.AutoDeleteAIP,
		options?: CallOptions,
	): Promise<void> {
		return this.#http.empty(options, {
			method: "POST",
			path: path`/storage/aips/${parameters.uuid}/deletion-auto`,
			body,
		});
	}

	/**
	 * Ask for a package to be deleted.  Somebody else has to approve.
	 *
	 * Requires `storage:aips:deletion:request`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_found`, `not_valid`, `not_available`, `internal_error`
	 */
	requestAipDeletion(
		parameters: StorageRequestAipDeletionParameters,
		body: types.RequestAIPDeletion,
		options?: CallOptions,
	): Promise<void> {
		return this.#http.empty(options, {
			method: "POST",
			path: path`/storage/aips/${parameters.uuid}/deletion-request`,
			body,
		});
	}

	/**
	 * Decide about the deletion of a package.  Nobody decides about their own
	 * request.
	 *
	 * Requires `storage:aips:deletion:review`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_found`, `not_valid`, `not_available`, `internal_error`
	 */
	reviewAipDeletion(
		parameters: StorageReviewAipDeletionParameters,
		body: types.ReviewAIPDeletion,
		options?: CallOptions,
	): Promise<void> {
		return this.#http.empty(options, {
			method: "POST",
			path: path`/storage/aips/${parameters.uuid}/deletion-review`,
			body,
		});
	}

	/**
	 * Take a request to delete a package back.  Only who made it can.
	 *
	 * Requires `storage:aips:deletion:request`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_found`, `not_valid`, `not_available`, `internal_error`
	 */
	cancelAipDeletion(
		parameters: StorageCancelAipDeletionParameters,
		body: types.CancelAIPDeletion,
		options?: CallOptions,
	): Promise<void> {
		return this.#http.empty(options, {
			method: "POST",
			path: path`/storage/aips/${parameters.uuid}/deletion-cancel`,
			body,
		});
	}

	/**
	 * Ask for a ticket that opens the report on a deleted package.
	 *
	 * Requires `storage:aips:deletion:report`.
	 *
	 * A browser keeps the ticket to itself, as a cookie, and returns nothing.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_found`, `not_valid`, `internal_error`
	 */
	aipDeletionReportRequest(
		parameters: StorageAipDeletionReportRequestParameters,
		options?: CallOptions,
	): Promise<string | undefined> {
		return this.#http.ticket(options, {
			method: "POST",
			path: path`/storage/aips/${parameters.uuid}/deletion-report`,
			cookie: "enduro-delreport-ticket",
		});
	}

	/**
	 * Fetch the report on a deleted package.
	 *
	 * Requires `storage:aips:deletion:report`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_found`, `not_valid`, `internal_error`
	 */
	aipDeletionReport(
		parameters: StorageAipDeletionReportParameters,
		options?: CallOptions,
	): Promise<Download> {
		return this.#http.file(options, {
			method: "GET",
			path: path`/storage/aips/${parameters.uuid}/deletion-report`,
			ticketCookie: "enduro-delreport-ticket",
		});
	}

	/**
	 * List every location, the oldest first.
	 *
	 * Requires `storage:locations:list`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`
	 */
	listLocations(options?: CallOptions): Promise<types.LocationDefault[]> {
		return this.#http.json(options, {
			method: "GET",
			path: "/storage/locations",
		});
	}

	/**
	 * Add a location.
	 *
	 * Requires `storage:locations:create`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`
	 */
	createLocation(
		body: types.CreateLocation,
		parameters: StorageCreateLocationParameters = {},
		options?: CallOptions,
	): Promise<types.CreatedLocation> {
		return this.#http.json(options, {
			method: "POST",
			path: "/storage/locations",
			body,
			query: {
				check: parameters.check,
			},
		});
	}

	/**
	 * Show one location.
	 *
	 * Requires `storage:locations:read`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_found`, `not_valid`
	 */
	showLocation(
		parameters: StorageShowLocationParameters,
		options?: CallOptions,
	): Promise<types.LocationDefault> {
		return this.#http.json(options, {
			method: "GET",
			path: path`/storage/locations/${parameters.uuid}`,
		});
	}

	/**
	 * Rename or describe a location.
	 *
	 * Requires `storage:locations:update`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_found`, `not_valid`
	 */
	updateLocation(
		parameters: StorageUpdateLocationParameters,
		body: types.UpdateLocation,
		options?: CallOptions,
	): Promise<types.LocationDefault> {
		return this.#http.json(options, {
			method: "PATCH",
			path: path`/storage/locations/${parameters.uuid}`,
			body,
		});
	}

	/**
	 * List every package in a location, the oldest first; none for a location
	 * nobody knows.
	 *
	 * Requires `storage:locations:aips:list`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`
	 */
	listLocationAips(
		parameters: StorageListLocationAipsParameters,
		options?: CallOptions,
	): Promise<types.AIP[]> {
		return this.#http.json(options, {
			method: "GET",
			path: path`/storage/locations/${parameters.uuid}/aips`,
		});
	}

	/**
	 * List the workflows of a package, the oldest first; none for a package
	 * nobody knows.
	 *
	 * Requires `storage:aips:workflows:list`.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`
	 */
	listAipWorkflows(
		parameters: StorageListAipWorkflowsParameters,
		options?: CallOptions,
	): Promise<types.AIPWorkflows> {
		return this.#http.json(options, {
			method: "GET",
			path: path`/storage/aips/${parameters.uuid}/workflows`,
			query: {
				status: parameters.status,
				type: parameters.type,
			},
		});
	}

	/**
	 * Ask for a ticket that opens the monitor.
	 *
	 * Requires a valid token.
	 *
	 * A browser keeps the ticket to itself, as a cookie, and returns nothing.
	 *
	 * @throws ApiError: `unauthorized`, `forbidden`, `internal_error`, `unavailable`
	 */
	monitorRequest(options?: CallOptions): Promise<string | undefined> {
		return this.#http.ticket(options, {
			method: "POST",
			path: "/storage/monitor",
			cookie: "enduro-storage-ws-ticket",
		});
	}
}

/**
 * The errors of Storage service.
 *
 * Generated from the design: do not edit.
 */

import type * as types from "./types.js";

/** What is wrong with a request, or with its answer. */
export interface ErrorBody {
	/** The kind of the error. */
	name: string;
	/** This occurrence of it, to be found in the server's log. */
	id: string;
	/** What is wrong, for people. */
	message: string;
	/** Whether the same request may succeed later. */
	temporary: boolean;
	/** Whether it took too long. */
	timeout: boolean;
	/** Whether the server is to blame. */
	fault: boolean;
}

/** What each error of the design says, by its name. */
export interface ErrorBodies {
	unauthorized: "Unauthorized";
	forbidden: "Forbidden";
	not_valid: ErrorBody;
	not_found: types.NotFound | ErrorBody;
	not_available: ErrorBody;
	failed_dependency: ErrorBody;
	internal_error: ErrorBody;
	unavailable: ErrorBody;
}

/** The name of an error of the design. */
export type ErrorName = keyof ErrorBodies;

/** The header that holds an error's name. */
const NAME_HEADER: string | undefined = "goa-error";

/** The errors whose body does not say their name, where the status does. */
const NAME_BY_STATUS: { readonly [status: number]: ErrorName } = {
	401: "unauthorized",
	403: "forbidden",
	404: "not_found",
};

/** An answer that is an error. */
export class ApiError extends Error {
	/** The error's name in the design, or what the server calls it otherwise. */
	override readonly name: string;
	/** The HTTP status. */
	readonly status: number;
	/** The body: a JSON value, or text if it is no JSON. */
	readonly body: unknown;
	/** The headers of the answer. */
	readonly headers: Headers;

	constructor(status: number, headers: Headers, body: unknown) {
		super(messageOf(body) ?? `HTTP status ${status}`);
		this.name = nameOf(status, headers, body);
		this.status = status;
		this.body = body;
		this.headers = headers;
	}

	/** Read an answer that is an error. */
	static async of(response: Response): Promise<ApiError> {
		const text = await response.text();
		return new ApiError(response.status, response.headers, parsed(text));
	}
}

/** Tell whether an error is the one of that name; its body is then known. */
export function isApiError<Name extends ErrorName>(
	error: unknown,
	name: Name,
): error is ApiError & {
	readonly name: Name;
	readonly body: ErrorBodies[Name];
} {
	return error instanceof ApiError && error.name === name;
}

function nameOf(status: number, headers: Headers, body: unknown): string {
	const header = NAME_HEADER && headers.get(NAME_HEADER);
	return (
		header || textOf(body, "name") || NAME_BY_STATUS[status] || "http_error"
	);
}

function messageOf(body: unknown): string | undefined {
	return typeof body === "string" && body ? body : textOf(body, "message");
}

function textOf(body: unknown, key: string): string | undefined {
	if (typeof body !== "object" || body === null) {
		return undefined;
	}
	const value = (body as { [key: string]: unknown })[key];
	return typeof value === "string" ? value : undefined;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/**
 * The types of Storage service.
 *
 * Generated from the design: do not edit.
 */

/** Every AIPStatus, in the order of the design. */
export const AIPStatusValues = [
	"unspecified",
	"stored",
	"pending",
	"processing",
	"deleted",
	"queued",
] as const;

/** Where a package stands. */
export type AIPStatus = (typeof AIPStatusValues)[number];

/** An archival information package. */
export interface AIP {
	name: string;
	uuid: string;
	status: AIPStatus;
	object_key: string;
	location_uuid?: string;
	created_at: string;
	deletion_report_key?: string;
}

/** A package to record. */
export interface CreateAIP {
	uuid: string;
	name: string;
	object_key: string;
	/** @default "unspecified" */
	status?: AIPStatus;
	location_uuid?: string;
}

/** Which part of a list this is. */
export interface Page {
	limit: number;
	offset: number;
	total: number;
}

/** A page of packages. */
export interface AIPs {
	items: AIP[];
	page: Page;
}

/** What was not found. */
export interface NotFound {
	message: string;
	uuid: string;
}

/** Every MonitorResetReason, in the order of the design. */
export const MonitorResetReasonValues = [
	"expired",
	"other_epoch",
	"future",
	"malformed",
	"fault",
] as const;

/** Why a watcher has to load everything again. */
export type MonitorResetReason = (typeof MonitorResetReasonValues)[number];

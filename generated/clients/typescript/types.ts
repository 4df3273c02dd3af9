/**
 * The types of Storage service.
 *
 * Generated from the design: do not edit.
 */

/** Every ChildWorkflowType, in the order of the design. */
export const ChildWorkflowTypeValues = [
	"preprocessing",
	"poststorage",
	"postbatch",
] as const;

/** When a child workflow runs. */
export type ChildWorkflowType = (typeof ChildWorkflowTypeValues)[number];

/** A workflow of the installation's own that others start. */
export interface ChildWorkflow {
	type: ChildWorkflowType;
	/** The queue its workers listen to. */
	task_queue: string;
	/** Its name there. */
	workflow_name: string;
}

/** What this installation is and can do. */
export interface About {
	/** The version of the service. */
	version: string;
	/** The system that makes the packages. */
	preservation_system: string;
	child_workflows?: ChildWorkflow[];
	/** The largest upload that is taken, in bytes. */
	upload_max_size: number;
}

/** Every AIPStatus, in the order of the design. */
export const AIPStatusValues = [
	"unspecified",
	"stored",
	"pending",
	"processing",
	"deleted",
	"queued",
] as const;

/**
 * Where a package stands: `stored` in its location, `pending` while somebody
 * has to decide,
 * `processing` while it is moved or deleted, `queued` before the first of these.
 */
export type AIPStatus = (typeof AIPStatusValues)[number];

/** An archival information package. */
export interface AIP {
	/** What people call it. */
	name: string;
	uuid: string;
	status: AIPStatus;
	/** The identifier of its bytes. */
	object_key: string;
	/** The location it is in; absent for the internal one. */
	location_uuid?: string;
	created_at: string;
	/** Where the report on its deletion lies, if any. */
	deletion_report_key?: string;
}

/** Which part of a list this is. */
export interface Page {
	/** How many items it has at most. */
	limit: number;
	/** How many items come before it. */
	offset: number;
	/** How many items there are in all. */
	total: number;
}

/** Part of the list of packages. */
export interface AIPs {
	items: AIP[];
	page: Page;
}

/** A package to register. */
export interface CreateAIP {
	uuid: Identifier;
	/** What people will call it. */
	name: string;
	/** The identifier of its bytes. */
	object_key: Identifier;
	/** @default "unspecified" */
	status?: AIPStatus;
	/** The location it is in; absent for the internal one. */
	location_uuid?: string;
}

/** Where to move a package. */
export interface MoveAIP {
	/** The location to move it to; the nil UUID stands for the internal one. */
	location_uuid: string;
}

/** How far a move has come. */
export interface MoveStatus {
	/** Whether the package has arrived. */
	done: boolean;
}

/** A UUID that names something; the nil UUID names nothing and is refused. */
export type Identifier = string;

/** What was looked for, and not found. */
export interface NotFound {
	/** Which kind of thing is not there. */
	message: string;
	/** The identifier that was looked for. */
	uuid: string;
}

/** Every DeletionRequestStatus, in the order of the design. */
export const DeletionRequestStatusValues = [
	"pending",
	"approved",
	"rejected",
	"canceled",
] as const;

/** What was decided about a request. */
export type DeletionRequestStatus =
	(typeof DeletionRequestStatusValues)[number];

/** Somebody's wish to have a package deleted, and what became of it. */
export interface DeletionRequest {
	uuid: string;
	/** The package to delete. */
	aip_uuid: string;
	/** The workflow that handles the request. */
	workflow_uuid?: string;
	/** Why, in the requester's words. */
	reason: string;
	status: DeletionRequestStatus;
	/** Who asked, by the name that people know. */
	requester: string;
	requested_at: string;
	/** Who decided, by the name that people know. */
	reviewer?: string;
	reviewed_at?: string;
}

/** A deletion that nobody reviews. */
export interface AutoDeleteAIP {
	/** Why the package is deleted. */
	reason: string;
	/**
	 * Whether to write no report about it.
	 *
	 * @default false
	 */
	skip_report?: boolean;
}

/** A wish to have a package deleted. */
export interface RequestAIPDeletion {
	/** Why it should be deleted. */
	reason: string;
}

/** A decision about a request. */
export interface ReviewAIPDeletion {
	/** Whether the package is deleted. */
	approved: boolean;
}

/** Taking a request back. */
export interface CancelAIPDeletion {
	/**
	 * Only ask whether the caller could take it back; nothing changes.
	 *
	 * @default false
	 */
	check?: boolean;
}

/** Every LocationSource, in the order of the design. */
export const LocationSourceValues = [
	"unspecified",
	"s3",
	"sftp",
	"amss",
	"filesystem",
] as const;

/** What kind of place a location is. */
export type LocationSource = (typeof LocationSourceValues)[number];

/** Every LocationPurpose, in the order of the design. */
export const LocationPurposeValues = ["unspecified", "aip_store"] as const;

/** What a location is for. */
export type LocationPurpose = (typeof LocationPurposeValues)[number];

/** A bucket of an object store that speaks S3. */
export interface S3Config {
	/** The name of the bucket. */
	bucket: string;
	/** The region it is in. */
	region: string;
	/** The address of the store, if it is not the one of the region. */
	endpoint?: string;
	/** Whether the bucket's name goes into the path of a URL. */
	path_style?: boolean;
	/** A named set of credentials that the service knows. */
	profile?: string;
	/** The access key. */
	key?: string;
	/** The secret that belongs to the key. */
	secret?: string;
	/** A session token, for credentials that expire. */
	token?: string;
}

/** A place that a URL names, such as a folder. */
export interface URLConfig {
	/** The URL, with its scheme. */
	url: string;
}

/** A folder on a server that speaks SFTP. */
export interface SFTPConfig {
	/** Host and port. */
	address: string;
	username: string;
	password: string;
	/** The folder that holds the packages. */
	directory: string;
}

/** A storage service of Archivematica. */
export interface AMSSConfig {
	api_key: string;
	url: string;
	username: string;
}

export interface LocationConfigS3 {
	type: "s3";
	value: S3Config;
}

export interface LocationConfigUrl {
	type: "url";
	value: URLConfig;
}

export interface LocationConfigSftp {
	type: "sftp";
	value: SFTPConfig;
}

export interface LocationConfigAmss {
	type: "amss";
	value: AMSSConfig;
}

/**
 * How a location is reached.  It may hold secrets, and no answer and no event
 * carries it.
 */
export type LocationConfig =
	| LocationConfigS3
	| LocationConfigUrl
	| LocationConfigSftp
	| LocationConfigAmss;

/** A place where packages are kept. */
export interface Location {
	/** What people call it. */
	name: string;
	/** What people should know about it. */
	description?: string;
	source: LocationSource;
	purpose: LocationPurpose;
	uuid: string;
	config?: LocationConfig;
	created_at: string;
}

/** A place where packages are kept. */
export interface LocationDefault {
	/** What people call it. */
	name: string;
	/** What people should know about it. */
	description?: string;
	source: LocationSource;
	purpose: LocationPurpose;
	uuid: string;
	created_at: string;
}

/** A location to add. */
export interface CreateLocation {
	/** What people will call it. */
	name: string;
	/** What people should know about it. */
	description?: string;
	source: LocationSource;
	purpose: LocationPurpose;
	config: LocationConfig;
}

/** What to change about a location; what is absent stays as it is. */
export interface UpdateLocation {
	/** What people will call it. */
	name?: string;
	/** What people should know about it. */
	description?: string;
}

/** A location that was added. */
export interface CreatedLocation {
	/** Its identifier. */
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

/**
 * Why a watcher has to load everything again: its position is too old
 * (`expired`), belongs to a database from before a restore (`other_epoch`), was
 * never reached (`future`), is no position at all (`malformed`), or the service
 * lost an event (`fault`).
 */
export type MonitorResetReason = (typeof MonitorResetReasonValues)[number];

/** Every WorkflowType, in the order of the design. */
export const WorkflowTypeValues = [
	"unspecified",
	"upload aip",
	"move aip",
	"delete aip",
] as const;

/** What a workflow does to its package. */
export type WorkflowType = (typeof WorkflowTypeValues)[number];

/** Every WorkflowStatus, in the order of the design. */
export const WorkflowStatusValues = [
	"unspecified",
	"in progress",
	"done",
	"error",
	"queued",
	"pending",
	"canceled",
] as const;

/** How far a workflow has come; `pending` waits for a person. */
export type WorkflowStatus = (typeof WorkflowStatusValues)[number];

/** Every TaskStatus, in the order of the design. */
export const TaskStatusValues = [
	"unspecified",
	"in progress",
	"done",
	"error",
	"queued",
	"pending",
] as const;

/** How far a task has come; `pending` waits for a person. */
export type TaskStatus = (typeof TaskStatusValues)[number];

/** One step of a workflow. */
export interface AIPTask {
	uuid: string;
	/** What the step does, in words. */
	name: string;
	status: TaskStatus;
	started_at?: string;
	completed_at?: string;
	/** What came of it, in words. */
	note?: string;
	/** The workflow it is part of. */
	workflow_uuid: string;
}

/** Work done to a package, in tasks. */
export interface AIPWorkflow {
	uuid: string;
	/** The name under which the workflow runs. */
	temporal_id: string;
	type: WorkflowType;
	status: WorkflowStatus;
	started_at?: string;
	completed_at?: string;
	/** The package it is done to. */
	aip_uuid: string;
	/** Its tasks, the oldest first; absent if there is none. */
	tasks?: AIPTask[];
}

/** Work done to a package, in tasks. */
export interface AIPWorkflowSimple {
	uuid: string;
	/** The name under which the workflow runs. */
	temporal_id: string;
	type: WorkflowType;
	status: WorkflowStatus;
	started_at?: string;
	completed_at?: string;
	/** The package it is done to. */
	aip_uuid: string;
}

/** The workflows of a package. */
export interface AIPWorkflows {
	/** The oldest first; absent if there is none. */
	workflows?: AIPWorkflow[];
}

/**
 * The events of Storage service.
 *
 * Generated from the design: do not edit.
 */

import type * as types from "./types.js";

/**
 * A package was registered.
 *
 * Requires `storage:aips:list`.
 */
export interface AIPCreatedEvent {
	uuid: string;
	item: types.AIP;
}

/**
 * Something about a package changed; this is the whole package afterwards.
 *
 * Requires `storage:aips:read`.
 */
export interface AIPUpdatedEvent {
	uuid: string;
	item: types.AIP;
}

/**
 * Somebody asked for the deletion of a package.
 *
 * Requires `storage:aips:deletion:request` or `storage:aips:deletion:review`.
 */
export interface DeletionRequestCreatedEvent {
	uuid: string;
	item: types.DeletionRequest;
}

/**
 * A request for the deletion of a package was decided or taken back.
 *
 * Requires `storage:aips:deletion:request` or `storage:aips:deletion:review`.
 */
export interface DeletionRequestUpdatedEvent {
	uuid: string;
	item: types.DeletionRequest;
}

/**
 * A location was added.
 *
 * Requires `storage:locations:list`.
 */
export interface LocationCreatedEvent {
	uuid: string;
	item: types.LocationDefault;
}

/**
 * A location was renamed or described.
 *
 * Requires `storage:locations:list`.
 */
export interface LocationUpdatedEvent {
	uuid: string;
	item: types.LocationDefault;
}

/**
 * The feed is alive.  The first one says Hello, every other Ping.
 *
 * Requires a valid token.
 */
export interface MonitorPingEvent {
	message: string;
}

/**
 * What was missed cannot be sent; load everything again and go on from here.
 *
 * Requires a valid token.
 */
export interface MonitorResetEvent {
	reason: types.MonitorResetReason;
}

/**
 * A workflow of a package has begun.
 *
 * Requires `storage:aips:workflows:list`.
 */
export interface WorkflowCreatedEvent {
	uuid: string;
	item: types.AIPWorkflowSimple;
}

/**
 * A workflow of a package has moved on.
 *
 * Requires `storage:aips:workflows:list`.
 */
export interface WorkflowUpdatedEvent {
	uuid: string;
	item: types.AIPWorkflowSimple;
}

/**
 * A task of a workflow has begun.
 *
 * Requires `storage:aips:workflows:list`.
 */
export interface TaskCreatedEvent {
	uuid: string;
	item: types.AIPTask;
}

/**
 * A task of a workflow has moved on.
 *
 * Requires `storage:aips:workflows:list`.
 */
export interface TaskUpdatedEvent {
	uuid: string;
	item: types.AIPTask;
}

/** The tags of the events of storage, by their names in the design. */
export const StorageEventTags = {
	AIPCreatedEvent: "aip_created_event",
	AIPUpdatedEvent: "aip_updated_event",
	DeletionRequestCreatedEvent: "deletion_request_created_event",
	DeletionRequestUpdatedEvent: "deletion_request_updated_event",
	LocationCreatedEvent: "location_created_event",
	LocationUpdatedEvent: "location_updated_event",
	MonitorPingEvent: "storage_ping_event",
	MonitorResetEvent: "storage_reset_event",
	WorkflowCreatedEvent: "aip_workflow_created_event",
	WorkflowUpdatedEvent: "aip_workflow_updated_event",
	TaskCreatedEvent: "aip_task_created_event",
	TaskUpdatedEvent: "aip_task_updated_event",
} as const;

/** An event of storage; `switch (event.type)` tells which. */
export type StorageEvent =
	| { type: "aip_created_event"; value: AIPCreatedEvent }
	| { type: "aip_updated_event"; value: AIPUpdatedEvent }
	| {
			type: "deletion_request_created_event";
			value: DeletionRequestCreatedEvent;
	  }
	| {
			type: "deletion_request_updated_event";
			value: DeletionRequestUpdatedEvent;
	  }
	| { type: "location_created_event"; value: LocationCreatedEvent }
	| { type: "location_updated_event"; value: LocationUpdatedEvent }
	| { type: "storage_ping_event"; value: MonitorPingEvent }
	| { type: "storage_reset_event"; value: MonitorResetEvent }
	| { type: "aip_workflow_created_event"; value: WorkflowCreatedEvent }
	| { type: "aip_workflow_updated_event"; value: WorkflowUpdatedEvent }
	| { type: "aip_task_created_event"; value: TaskCreatedEvent }
	| { type: "aip_task_updated_event"; value: TaskUpdatedEvent };

/** Proves to the compiler that every event has been dealt with. */
export function unreachable(event: never): never {
	throw new Error(`an event that nobody expects: ${JSON.stringify(event)}`);
}

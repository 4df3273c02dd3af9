/**
 * The types of Ba"ker'y \ """ *\/ <b> ${x} {{ y }} {% z %}.
 *
 * Generated from the design: do not edit.
 */

/** Every Kind, in the order of the design. */
export const KindValues = [
	"mro",
	"name",
	"value",
	"1a",
	"class",
	"None",
	"self",
	'a"b',
	"it's",
	"back\\slash",
	"${x}",
	"{{ y }}",
	"true",
	"<b>",
	"*/a",
	"__init__",
	"ä1",
] as const;

/** ends with quote " */
export type Kind = (typeof KindValues)[number];

export interface Inner {
	id: string;
	type: string;
	value: number;
}

/** *\/ """ \ */
export interface Loaf {
	day: string;
	datetime: string;
	uuid: string;
	url: string;
	email: string;
	bytes_: string;
	type: Kind;
	id: number;
	value: string;
	name: string;
	items: string[];
	keys: { [key: string]: number };
	values: number[];
	field: string;
	alias: string;
	default: string;
	any: string;
	union: string;
	/**
	 * """ \
	 *
	 * @default "a\"b'c\\d\n{{ x }} ${y}"
	 */
	text?: string;
	code: string;
	/** @default "a\"b" */
	kind?: Kind;
	other_date: string;
	other_datetime: string;
	other_uuid: string;
	other?: Loaf | null;
	/** @default 1 */
	e?: number;
	camelCase: string;
	annotations: string;
	enum: string;
	constructor: string;
	prototype: string;
	toString: string;
	function: string;
	export: string;
	interface: string;
	default_: string;
}

/** *\/ """ \ */
export interface LoafSmall {
	day: string;
	uuid: string;
}

export interface ChoiceA {
	type: "a";
	value: Inner;
}

export interface ChoiceClass {
	type: "class";
	value: Loaf;
}

export interface ChoiceB1 {
	type: "b1";
	value: Inner;
}

export type Choice = ChoiceA | ChoiceClass | ChoiceB1;

/**
 * The canonical form of a document, its leaves and their salts.
 *
 * Defined in `ledger/document/canonical.py`: RFC 8785 JSON without fields that are absent; every
 * scalar and every empty object a leaf, `pointer ‖ "\n" ‖ value`; the salts one AES-256-CTR key
 * stream under the document's seed, 32 bytes to a leaf in their order.
 */

import { type Bytes, bytesOfText, equal, textOf } from "./bytes.ts";
import { DocumentError } from "./errors.ts";

/** A value of a document, as `JSON.parse` gives it. */
export type Json = string | number | boolean | null | readonly Json[] | Fields;
export interface Fields {
  readonly [name: string]: Json;
}

export const DEPTH_MAX = 32;
export const TEXT_BYTES_MAX = 65_536;
export const LEAVES_MAX = 1_000_000;
export const SEED_BYTES = 32;
export const SALT_BYTES = 32;

const FIELD_NAME = /^[a-z][a-z0-9_]{0,63}$/;

/** Write the canonical JSON of plain values. */
export function canonicalJson(value: Json): string {
  try {
    return written(value);
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep();
    throw error;
  }
}

/** Read a document that must be in canonical form; whether it fits its model is not asked. */
export function readCanonical(content: Uint8Array): Fields {
  let fields: Json;
  try {
    fields = JSON.parse(textOf(content)) as Json;
  } catch {
    throw new DocumentError("ContentNotCanonical", "The content is not JSON.");
  }
  if (!isFields(fields)) {
    throw new DocumentError("ContentNotCanonical", "The content is not a JSON object.");
  }
  // Also what JSON.parse rounds or drops, large numbers and repeated names, is found here.
  if (!equal(bytesOfText(canonicalJson(fields)), content)) {
    throw new DocumentError("ContentNotCanonical", "The content is not in canonical form.");
  }
  return fields;
}

/** List the leaves of plain values in their order. */
export function leavesOf(fields: Fields): string[] {
  const found: string[] = [];
  collect(fields, "", 1, found);
  if (found.length === 0 || found.length > LEAVES_MAX) {
    throw new DocumentError("LeavesTooMany", `A document must have 1 to ${LEAVES_MAX} fields.`);
  }
  // Pointers are ASCII and distinct, so that the order of UTF-16 is that of UTF-8.
  return found.sort();
}

/** Split a leaf into its pointer and its value as JSON. */
export function splitLeaf(leaf: string): [pointer: string, value: string] {
  const end = leaf.indexOf("\n");
  return [leaf.slice(0, end), leaf.slice(end + 1)];
}

/** Derive the salts of `count` leaves. */
export async function saltsOf(seed: Bytes, count: number): Promise<Uint8Array[]> {
  const key = await crypto.subtle.importKey("raw", seed, "AES-CTR", false, ["encrypt"]);
  const counter = { name: "AES-CTR", counter: new Uint8Array(16), length: 128 };
  const zeros = new Uint8Array(SALT_BYTES * count);
  const stream = new Uint8Array(await crypto.subtle.encrypt(counter, key, zeros));
  return Array.from({ length: count }, (_, index) =>
    stream.subarray(SALT_BYTES * index, SALT_BYTES * (index + 1)),
  );
}

/** Tell whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// `JSON.stringify` spells strings and numbers as RFC 8785 does, but keeps the order of names.
function written(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
  if (!isFields(value)) return scalar(value as string | number | boolean | null);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, each]) => `${scalar(name)}:${written(each)}`).join(",")}}`;
}

function scalar(value: string | number | boolean | null): string {
  if (typeof value === "string" && !value.isWellFormed()) throw surrogate();
  return JSON.stringify(value);
}

function collect(fields: Fields, prefix: string, depth: number, found: string[]): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!FIELD_NAME.test(name)) {
      throw new DocumentError("FieldNameInvalid", "A field name is not lower snake case.");
    }
    collectValue(value, `${prefix}/${name}`, depth, found);
  }
}

function collectValue(value: Json, path: string, depth: number, found: string[]): void {
  if (value === null || (Array.isArray(value) && value.length === 0)) {
    throw new DocumentError("FieldEmpty", "A field is null or an empty list.", { path });
  }
  if (typeof value !== "object") {
    checkScalar(value, path);
    found.push(`${path}\n${JSON.stringify(value)}`);
  } else if (depth >= DEPTH_MAX) {
    throw tooDeep();
  } else if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) {
      collectValue(each, `${path}/${index}`, depth + 1, found);
    }
  } else {
    if (Object.keys(value).length === 0) found.push(`${path}\n{}`);
    collect(value as Fields, path, depth + 1, found);
  }
}

function checkScalar(value: string | number | boolean, path: string): void {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new DocumentError("NumberInexact", "A number is a float or beyond 2**53 - 1.", { path });
  }
  if (typeof value !== "string") return;
  if (!value.isWellFormed()) throw surrogate();
  if (value.length > TEXT_BYTES_MAX / 4 && bytesOfText(value).length > TEXT_BYTES_MAX) {
    throw new DocumentError("TextTooLarge", "A string is too large.", { path });
  }
}

function surrogate(): DocumentError {
  return new DocumentError("UnicodeInvalid", "A string of the document holds a lone surrogate.");
}

function tooDeep(): DocumentError {
  return new DocumentError("NestingTooDeep", "The document nests too deeply.", { DEPTH_MAX });
}

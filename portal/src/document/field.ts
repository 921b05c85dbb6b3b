/** Fields of headers of blocks, which are JSON; whatever does not fit is `EnvelopeMalformed`. */

import { bytesOfHex, textOf } from "./bytes.ts";
import { type Fields, isFields, type Json } from "./canonical.ts";
import { DocumentError } from "./errors.ts";

const U32_MAX = 2 ** 32 - 1;
const HEX = /^(?:[0-9a-f]{2})*$/;

/** Read a header as JSON. */
export function headerFields(content: Uint8Array): Fields {
  try {
    return objectIn(JSON.parse(textOf(content)) as Json);
  } catch {
    throw malformed("The header is not readable.");
  }
}

/** Take an unsigned integer of 32 bits. */
export function unsignedIn(value: Json | undefined): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= U32_MAX) {
    return value;
  }
  throw malformed("A number of the header is out of range.");
}

/** Take `size` bytes, spelled in hexadecimal digits. */
export function hexadecimalIn(value: Json | undefined, size: number): Uint8Array {
  const text = textIn(value, HEX);
  if (text.length !== 2 * size) throw malformed("A field of the header has the wrong size.");
  return bytesOfHex(text);
}

/** Take a text of this form. */
export function textIn(value: Json | undefined, pattern: RegExp): string {
  if (typeof value === "string" && pattern.test(value)) return value;
  throw malformed("A text of the header is not well formed.");
}

/** Take a list. */
export function listIn(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw malformed("The header is not readable.");
}

/** Take an object. */
export function objectIn(value: Json | undefined): Fields {
  if (isFields(value)) return value;
  throw malformed("The header is not readable.");
}

/** Refuse a block for its form. */
export function malformed(detail: string): DocumentError {
  return new DocumentError("EnvelopeMalformed", detail);
}

/** The vectors that Python, Solidity and this portal share. */

import { readFileSync } from "node:fs";

import { bytesOfHex } from "../src/document/bytes.ts";
import type { Bytes } from "../src/document/bytes.ts";
import { DocumentError, type ErrorName } from "../src/document/errors.ts";

const FOLDER = new URL("../../contracts/spec/vectors/", import.meta.url);

/** Read a file of vectors by its name. */
export function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`document_${name}.json`, FOLDER), "utf8")) as T;
}

/** Read hexadecimal digits. */
export function hex(digits: string): Bytes {
  return bytesOfHex(digits) as Bytes;
}

/** Judge a thrown error by its name, for `assert.throws` and `assert.rejects`. */
export function named(name: ErrorName | string): (error: unknown) => boolean {
  return (error) => {
    if (error instanceof DocumentError && error.name === name) return true;
    throw new Error(`expected ${name}, got ${String(error)}`, { cause: error });
  };
}

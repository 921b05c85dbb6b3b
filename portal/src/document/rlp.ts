/** Ethereum's recursive length prefix, every item in its one spelling. */

import { DocumentError } from "./errors.ts";

export type Item = Uint8Array | readonly Item[];

const DEPTH_MAX = 16;
const SHORT_MAX = 55;
const BYTES = 0x80;
const LIST = 0xc0;

interface Span {
  readonly isList: boolean;
  readonly start: number;
  readonly end: number;
}

/** Read a list that takes all of `data`. */
export function decodeList(data: Uint8Array): readonly Item[] {
  const span = spanAt(data, 0, data.length);
  if (span.end !== data.length) throw malformed("There is more behind the end of an item.");
  return listOf(itemOf(data, span, 0));
}

/** Take an item as a list. */
export function listOf(item: Item | undefined): readonly Item[] {
  if (item === undefined || item instanceof Uint8Array) throw malformed("A list is missing.");
  return item;
}

/** Take an item as bytes. */
export function bytesIn(item: Item | undefined): Uint8Array {
  if (!(item instanceof Uint8Array)) throw malformed("A text of bytes is missing.");
  return item;
}

/** Take an item as a number. */
export function numberIn(item: Item | undefined): number {
  const bytes = bytesIn(item);
  const number = bytes.reduce((all, byte) => all * 256 + byte, 0);
  if (bytes[0] === 0 || !Number.isSafeInteger(number)) throw malformed("A number is none.");
  return number;
}

function itemOf(data: Uint8Array, { isList, start, end }: Span, depth: number): Item {
  if (!isList) return data.subarray(start, end);
  if (depth >= DEPTH_MAX) throw malformed("Lists stand too deep in each other.");
  const items: Item[] = [];
  for (let at = start; at < end; ) {
    const span = spanAt(data, at, end);
    items.push(itemOf(data, span, depth + 1));
    at = span.end;
  }
  return items;
}

function spanAt(data: Uint8Array, at: number, limit: number): Span {
  const first = at < limit ? (data[at] as number) : -1;
  if (first < 0) throw malformed("An item is cut short.");
  if (first < BYTES) return { isList: false, start: at, end: at + 1 };
  const isList = first >= LIST;
  const short = first - (isList ? LIST : BYTES);
  const start = at + 1 + Math.max(0, short - SHORT_MAX);
  const size = short <= SHORT_MAX ? short : longSize(data.subarray(at + 1, Math.min(start, limit)));
  const end = start + size;
  if (end > limit) throw malformed("An item is cut short.");
  if (!isList && size === 1 && short === 1 && (data[start] as number) < BYTES) {
    throw malformed("A byte is not spelled in the shortest way.");
  }
  return { isList, start, end };
}

function longSize(spelled: Uint8Array): number {
  const size = spelled.reduce((all, byte) => all * 256 + byte, 0);
  if (spelled[0] === 0 || size <= SHORT_MAX) {
    throw malformed("A length is not spelled in the shortest way.");
  }
  return size;
}

function malformed(detail: string): DocumentError {
  return new DocumentError("ProofMalformed", detail);
}

/**
 * The plain content of a sealed block: salts, document, and the keys of attached files.
 *
 * The layout is drawn in `ledger/document/payload.py`.
 */

import { type Bytes, bytesOfHex, bytesOfText, equal, hexOf, Reader, textOf } from "./bytes.ts";
import {
  canonicalJson,
  type Fields,
  isFields,
  type Json,
  readCanonical,
  SEED_BYTES,
} from "./canonical.ts";
import { DocumentError } from "./errors.ts";

/** Where a file lies that goes with a document, and what opens it. */
export interface AttachedFile {
  /** Number of the attachment in the document. */
  readonly id: string;
  /** Of the block that lists the file's parts. */
  readonly cid: string;
  readonly key: Uint8Array;
}

/** What a sealed block holds. */
export interface Payload {
  readonly seed: Bytes;
  readonly fields: Fields;
  readonly attachments: readonly AttachedFile[];
}

const KEY_DIGITS = /^[0-9a-f]{64}$/;

/** Take content apart into seed, document and attached files. */
export function readPayload(payload: Uint8Array): Payload {
  const reader = new Reader(payload, () => refused("The content has the wrong layout."));
  const seed = reader.take(SEED_BYTES).slice();
  const document = reader.take(reader.number(4));
  const attachments = readList(reader.rest());
  return { seed, fields: readCanonical(document), attachments };
}

function readList(content: Uint8Array): AttachedFile[] {
  let listed: Json;
  try {
    listed = JSON.parse(textOf(content)) as Json;
  } catch {
    throw refused("The list of attached files is not readable.");
  }
  if (!Array.isArray(listed)) throw refused("The list of attached files is not readable.");
  const files = listed.map(readFile);
  const again = files.map(({ id, cid, key }) => ({ cid, id, key: hexOf(key) }));
  if (!ascends(files) || !equal(bytesOfText(canonicalJson(again)), content)) {
    throw refused("The list of attached files is not in canonical form.");
  }
  return files;
}

function readFile(fields: Json): AttachedFile {
  const { id, cid, key }: Record<string, Json | undefined> = isFields(fields) ? fields : {};
  if (typeof id !== "string" || typeof cid !== "string" || typeof key !== "string") {
    throw refused("The list of attached files is not readable.");
  }
  if (!KEY_DIGITS.test(key)) throw refused("The key of an attached file is not one.");
  return { id, cid, key: bytesOfHex(key) };
}

// By code point, as elsewhere; `<` would go by the halves of surrogate pairs.
function ascends(files: readonly AttachedFile[]): boolean {
  const ids = files.map(({ id }) => hexOf(bytesOfText(id)));
  return ids.every((id, at) => at === 0 || (ids[at - 1] as string) < id);
}

function refused(detail: string): DocumentError {
  return new DocumentError("ContentNotCanonical", detail);
}

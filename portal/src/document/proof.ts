/**
 * Commitments to documents, and proofs of single fields that show nothing else.
 *
 * The layout of a proof is drawn in `ledger/document/proof.py`.
 */

import { type Bytes, equal, hexOf, Reader, textOf } from "./bytes.ts";
import {
  canonicalJson,
  type Fields,
  isFields,
  type Json,
  leavesOf,
  SALT_BYTES,
  saltsOf,
} from "./canonical.ts";
import { DocumentError } from "./errors.ts";
import { climb, DIGEST_BYTES, documentRoot, leafDigest, topOf } from "./merkle.ts";

/** The only trace of a document on chain, and how many fields it binds. */
export interface Commitment {
  readonly root: Uint8Array;
  readonly leafCount: number;
}

/** One disclosed field: where it stands, what it says as canonical JSON, and its salt. */
export interface ProvenField {
  readonly index: number;
  readonly pointer: string;
  readonly valueJson: string;
  readonly salt: Uint8Array;
}

/** Some fields of a document and what leads from them to its commitment. */
export interface FieldProof {
  readonly leafCount: number;
  readonly fields: readonly ProvenField[];
  readonly siblings: readonly Uint8Array[];
}

const VERSION = 1;
const POINTER = /^(?:\/(?:[a-z][a-z0-9_]{0,63}|0|[1-9][0-9]{0,6}))+$/;

/** Compute the commitment of plain values in canonical form under the salts of `seed`. */
export async function commitFields(fields: Fields, seed: Bytes): Promise<Commitment> {
  const leaves = leavesOf(fields);
  const salts = await saltsOf(seed, leaves.length);
  const digests = leaves.map((leaf, index) => leafDigest(salts[index] as Uint8Array, leaf));
  return { root: documentRoot(leaves.length, topOf(digests)), leafCount: leaves.length };
}

/** Read a proof. */
export function readProof(content: Uint8Array): FieldProof {
  const reader = new Reader(content, () => malformed("The proof is truncated."));
  if (reader.number(1) !== VERSION) throw malformed("The proof has an unknown version.");
  const leafCount = reader.number(4);
  const fields = Array.from({ length: reader.number(2) }, () => readField(reader));
  if (fields.some((field, at) => field.index < (fields[at - 1]?.index ?? 0))) {
    throw malformed("The fields of the proof are not in order.");
  }
  const rest = reader.rest();
  if (fields.length === 0 || rest.length % DIGEST_BYTES !== 0) {
    throw malformed("The proof has the wrong length.");
  }
  const siblings = Array.from({ length: rest.length / DIGEST_BYTES }, (_, index) =>
    rest.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES),
  );
  return { leafCount, fields, siblings };
}

/**
 * Check that the fields of a proof belong to the document committed to by `root`.
 *
 * Returns the value of each proven field by its pointer. Throws `LeafDuplicate`, `ProofMalformed`
 * or `ProofMismatch`.
 */
export function verifyProof(proof: FieldProof, root: Uint8Array): Map<string, Json> {
  const known = new Map<number, Uint8Array>();
  for (const field of proof.fields) {
    if (!POINTER.test(field.pointer) || field.salt.length !== SALT_BYTES) {
      throw malformed("A field of the proof is not well formed.");
    }
    known.set(field.index, leafDigest(field.salt, `${field.pointer}\n${field.valueJson}`));
  }
  const byPointer = new Map(proof.fields.map((field) => [field.pointer, field.valueJson]));
  if (known.size !== proof.fields.length || byPointer.size !== proof.fields.length) {
    throw new DocumentError("LeafDuplicate", "Two fields of the proof share one path or position.");
  }
  const top = climb(proof.leafCount, known, proof.siblings);
  if (!equal(documentRoot(proof.leafCount, top), root)) {
    throw new DocumentError("ProofMismatch", "The proof leads to another commitment.", {
      expected: `0x${hexOf(root)}`,
    });
  }
  return new Map([...byPointer].map(([pointer, json]) => [pointer, readValue(json)]));
}

function readField(reader: Reader): ProvenField {
  const index = reader.number(4);
  const salt = reader.take(SALT_BYTES);
  const pointer = reader.take(reader.number(2));
  const value = reader.take(reader.number(4));
  try {
    return { index, salt, pointer: textOf(pointer), valueJson: textOf(value) };
  } catch {
    throw malformed("A text of the proof is not UTF-8.");
  }
}

function readValue(json: string): Json {
  try {
    const value = JSON.parse(json) as Json;
    if (isScalar(value) && canonicalJson(value) === json) return value;
  } catch {
    // Refused below, with what is JSON in another spelling.
  }
  throw malformed("A value of the proof is not the canonical JSON of a scalar.");
}

function isScalar(value: Json): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value);
  return typeof value !== "object" || (isFields(value) && Object.keys(value).length === 0);
}

function malformed(detail: string): DocumentError {
  return new DocumentError("ProofMalformed", detail);
}

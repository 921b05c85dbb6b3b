/**
 * The bytes of a sealed block, before any key is used.
 *
 * The layout is drawn in `ledger/document/block.py`.
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { bytesOfText, join, Reader } from "./bytes.ts";
import { DocumentError } from "./errors.ts";
import { type Header, readHeader } from "./header.ts";
import { SIGNATURE_BYTES } from "./signature.ts";

export const ENVELOPE_BYTES_MAX = 32 * 1024 * 1024;

/** A block split into its parts; nothing is verified but the structure. */
export interface SealedBlock {
  readonly header: Header;
  /** What precedes the length of the ciphertext, which is its additional data. */
  readonly front: Uint8Array;
  readonly ciphertext: Uint8Array;
  /** What the sender signed. */
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
}

const MAGIC = bytesOfText("CSGN");
const VERSION = 1;
const VERSION_AT = MAGIC.length;

/** Split a block into its parts, which needs no key. */
export function readBlock(block: Uint8Array): SealedBlock {
  if (block.length > ENVELOPE_BYTES_MAX) {
    throw new DocumentError("EnvelopeTooLarge", "The block is larger than any may be.");
  }
  if (MAGIC.some((byte, at) => at < block.length && block[at] !== byte)) {
    throw new DocumentError("EnvelopeMalformed", "The block begins as no sealed block does.");
  }
  if (block.length > VERSION_AT && block[VERSION_AT] !== VERSION) {
    throw new DocumentError("EnvelopeVersionUnknown", "The block has an unknown version.");
  }
  const reader = new Reader(block, truncated);
  reader.take(VERSION_AT + 1);
  const header = reader.take(reader.number(4));
  const front = block.subarray(0, reader.at);
  const ciphertext = reader.take(reader.number(4));
  const digest = signedDigest(block.subarray(0, reader.at));
  const signature = reader.take(SIGNATURE_BYTES);
  if (reader.rest().length > 0) {
    throw new DocumentError("EnvelopeMalformed", "The block is longer than its lengths say.");
  }
  return { header: readHeader(header), front, ciphertext, digest, signature };
}

/** Hash what the sender signs: everything before the signature. */
export function signedDigest(unsigned: Uint8Array): Uint8Array {
  return sha256(join(bytesOfText("consign/envelope/1"), unsigned));
}

function truncated(): DocumentError {
  return new DocumentError("EnvelopeTruncated", "The block is shorter than its lengths say.");
}

/**
 * The Merkle tree under every commitment: SHA-256, four children to a node, shape fixed by count.
 *
 * What is hashed how is drawn in `ledger/document/merkle.py`.
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { bytesOfText, join, u32 } from "./bytes.ts";
import { DocumentError } from "./errors.ts";

export const DIGEST_BYTES = 32;

const ARITY = 4;
const COUNT_MAX = 2 ** 32 - 1;
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);
const DOCUMENT_ROOT = Uint8Array.of(2);
const BATCH_LEAF = Uint8Array.of(3);
const BATCH_ROOT = Uint8Array.of(4);

/** Hash one field of a document, `pointer ‖ "\n" ‖ value`, under its salt. */
export function leafDigest(salt: Uint8Array, leaf: string): Uint8Array {
  return sha256(join(LEAF, salt, bytesOfText(leaf)));
}

/** Bind the number of fields to the top of their tree: the commitment. */
export function documentRoot(count: number, top: Uint8Array): Uint8Array {
  return sha256(join(DOCUMENT_ROOT, u32(count), top));
}

/** Hash one commitment at its position in a batch. */
export function batchLeaf(position: number, commitment: Uint8Array): Uint8Array {
  return sha256(join(BATCH_LEAF, u32(position), commitment));
}

/** Bind the number of positions of a batch to the top of their tree: the documents root. */
export function batchRoot(count: number, top: Uint8Array): Uint8Array {
  return sha256(join(BATCH_ROOT, u32(count), top));
}

/** Hash at least one digest level by level up to the one at the top. */
export function topOf(digests: readonly Uint8Array[]): Uint8Array {
  let level = digests;
  while (level.length > 1) {
    const groups = Math.ceil(level.length / ARITY);
    const below = level;
    level = Array.from({ length: groups }, (_, group) =>
      parentOf(below.slice(group * ARITY, group * ARITY + ARITY)),
    );
  }
  const [top] = level;
  if (top === undefined) throw new RangeError("a tree has at least one leaf");
  return top;
}

/**
 * Compute the top of a tree of `count` leaves from some leaves and their siblings.
 *
 * `siblings` stand level by level from the leaves, from left to right: the members of each group
 * touched that cannot be computed from below.
 */
export function climb(
  count: number,
  known: ReadonlyMap<number, Uint8Array>,
  siblings: readonly Uint8Array[],
): Uint8Array {
  const indices = [...known.keys()];
  if (indices.length === 0 || count > COUNT_MAX || indices.some((index) => index >= count)) {
    throw new DocumentError("ProofMalformed", "A position of the proof is outside the tree.");
  }
  const rest = siblings.values();
  let level = known;
  for (let size = count; size > 1; size = Math.ceil(size / ARITY)) {
    level = parentsOf(level, size, rest);
  }
  if (rest.next().done !== true) {
    throw new DocumentError("ProofMalformed", "The proof has too many siblings.");
  }
  return level.get(0) as Uint8Array;
}

function parentsOf(
  known: ReadonlyMap<number, Uint8Array>,
  size: number,
  siblings: Iterator<Uint8Array>,
): Map<number, Uint8Array> {
  const groups = new Set([...known.keys()].map((index) => Math.floor(index / ARITY)));
  const above = new Map<number, Uint8Array>();
  for (const group of [...groups].sort((one, other) => one - other)) {
    const children: Uint8Array[] = [];
    for (let member = group * ARITY; member < Math.min(group * ARITY + ARITY, size); member++) {
      children.push(known.get(member) ?? next(siblings));
    }
    above.set(group, parentOf(children));
  }
  return above;
}

function next(siblings: Iterator<Uint8Array>): Uint8Array {
  const found = siblings.next();
  if (found.done === true) {
    throw new DocumentError("ProofMalformed", "The proof has too few siblings.");
  }
  return found.value;
}

// A group of one moves up unchanged.
function parentOf(children: readonly Uint8Array[]): Uint8Array {
  const [only] = children;
  return children.length === 1 && only ? only : sha256(join(NODE, ...children));
}

/**
 * The manifest of a batch, and proofs that a document was in it.
 *
 * Defined in `ledger/document/manifest.py`.
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { bytesOfHex, bytesOfText, equal, hexOf, textOf } from "./bytes.ts";
import { canonicalJson, isFields, type Json } from "./canonical.ts";
import { isCid } from "./cid.ts";
import { DocumentError } from "./errors.ts";
import { batchLeaf, batchRoot, climb, DIGEST_BYTES, topOf } from "./merkle.ts";

export const ENTRIES_MAX = 65_536;

/** One document of a batch; without `cid` its parties carry it outside Consign. */
export interface ManifestEntry {
  readonly position: number;
  readonly commitment: Uint8Array;
  readonly cid?: string;
}

/** What leads from one commitment to the documents root of its batch. */
export interface InclusionProof {
  readonly position: number;
  readonly count: number;
  readonly commitment: Uint8Array;
  readonly siblings: readonly Uint8Array[];
}

const COMMITMENT = /^0x[0-9a-f]{64}$/;

/** Compute the Merkle root over the commitments of a batch, 32 zero bytes where there is none. */
export function documentsRoot(commitments: readonly Uint8Array[]): Uint8Array {
  return batchRoot(
    commitments.length,
    topOf(commitments.map((commitment, position) => batchLeaf(position, commitment))),
  );
}

/** Check that a commitment is in the batch whose documents root is `root`. */
export function verifyInclusion(proof: InclusionProof, root: Uint8Array): void {
  const { position, count, commitment, siblings } = proof;
  if ([commitment, ...siblings].some((each) => each.length !== DIGEST_BYTES)) {
    throw new DocumentError("ProofMalformed", "A digest of the proof has not 32 bytes.");
  }
  if (!(Number.isInteger(position) && position >= 0 && position < count && count <= ENTRIES_MAX)) {
    throw new DocumentError("ProofMalformed", "The position of the proof is outside the batch.");
  }
  const leaf = new Map([[position, batchLeaf(position, commitment)]]);
  if (!equal(batchRoot(count, climb(count, leaf, siblings)), root)) {
    throw new DocumentError("ProofMismatch", "The proof leads to another batch.", {
      expected: `0x${hexOf(root)}`,
    });
  }
}

/** Read the manifest block that has the digest recorded on chain. */
export function readManifest(block: Uint8Array, digest: Uint8Array): ManifestEntry[] {
  if (!equal(sha256(block), digest)) throw invalid("The manifest is not the one recorded.");
  let fields: Json;
  try {
    fields = JSON.parse(textOf(block)) as Json;
  } catch {
    throw invalid("The manifest is not readable.");
  }
  const entries = isFields(fields) ? fields["entries"] : undefined;
  if (!Array.isArray(entries)) throw invalid("The manifest is not readable.");
  const read = entries.map(readEntry);
  if (!equal(bytesOfText(manifestJson(read)), block)) {
    throw invalid("The manifest is not written in canonical form.");
  }
  return read;
}

function readEntry(fields: Json, at: number, all: readonly Json[]): ManifestEntry {
  const before = all[at - 1];
  const least = isFields(before) ? Number(before["position"]) + 1 : 0;
  const { position, commitment, cid } = isFields(fields)
    ? (fields as Record<string, Json | undefined>)
    : {};
  const place = typeof position === "number" && Number.isInteger(position) ? position : -1;
  if (place < least || place >= ENTRIES_MAX) {
    throw invalid("The positions of the manifest do not ascend.");
  }
  if (typeof commitment !== "string" || !COMMITMENT.test(commitment) || /^0x0+$/.test(commitment)) {
    throw invalid("A commitment of the manifest is none.");
  }
  const entry = { position: place, commitment: bytesOfHex(commitment.slice(2)) };
  if (cid === undefined) return entry;
  if (typeof cid !== "string" || !isCid(cid)) throw invalid("The manifest is not readable.");
  return { ...entry, cid };
}

function manifestJson(entries: readonly ManifestEntry[]): string {
  const written = entries.map(({ position, commitment, cid }) => ({
    commitment: `0x${hexOf(commitment)}`,
    position,
    ...(cid === undefined ? {} : { cid }),
  }));
  return canonicalJson({ entries: written, manifest_version: 1 });
}

function invalid(detail: string): DocumentError {
  return new DocumentError("ManifestInvalid", detail);
}

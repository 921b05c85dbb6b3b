/**
 * Proofs that a document was recorded: at that place of that batch, in that block.
 *
 * The layout of an inclusion is drawn in `ledger/inclusion.py`.
 */

import { keccak_256 } from "@noble/hashes/sha3.js";

import { type Action, readActions } from "./actions.ts";
import { bytesOfText, equal, hexOf } from "./bytes.ts";
import type { Json } from "./canonical.ts";
import { DocumentError } from "./errors.ts";
import { ENTRIES_MAX, verifyInclusion } from "./manifest.ts";
import { DIGEST_BYTES } from "./merkle.ts";
import { readProof, verifyProof } from "./proof.ts";
import { type Block, type Log, readBlockHeader, readLogs, valueAt } from "./receipt.ts";
import { bytesIn, decodeList, type Item, listOf, numberIn } from "./rlp.ts";

/** Where and how a document was recorded. */
export interface Recorded {
  readonly blockNumber: number;
  /** Unix seconds of the block. */
  readonly timestamp: number;
  /** Address of the contract that recorded it, 0x and 40 lower-case digits. */
  readonly contract: string;
  /** Who signed the record. */
  readonly organisation: number;
  readonly commitment: Uint8Array;
  /** Which of how many events of the batch; 0 of 1 for what was signed by itself. */
  readonly position: number;
  readonly positions: number;
  /** What was done; nothing where the ledger refused it, or where it was no order's action. */
  readonly action: Action | undefined;
  readonly isRefused: boolean;
  /** Fields of the document that the proof shows as well, by pointer. */
  readonly fields: ReadonlyMap<string, Json>;
}

type Place = Pick<Recorded, "blockNumber" | "timestamp" | "contract" | "organisation">;
type Told = Pick<Recorded, "positions" | "action" | "isRefused">;

const VERSION = 2;
const PARTS = 8;
const BYTES_MAX = 16 * 1024 * 1024;
const WORD = 32;
const PLACE_MAX = 2 ** 32;

const BATCH = topic("BatchRecorded(uint32,bytes32,bytes32,bytes32,bytes)");
const REFUSED = topic("ActionRefused(bytes32,uint256,uint256,bytes)");
const INTENT = topic("IntentRecorded(uint32,bytes32,uint256,bytes32,bytes32)");
/** Events of one document, and which word of their data is its commitment. */
const SINGLE = new Map([
  [INTENT, 1],
  [topic("LotStepped(uint64,uint32,uint8,uint8,uint8,bytes32,bytes32,bytes32)"), 3],
  [topic("AgreementStepped(uint64,uint32,uint8,uint8,uint8,uint64,bytes32,bytes32,bytes32)"), 4],
  [
    topic(
      "AuctionOpened(uint64,uint32,address,uint96,uint64,uint64,uint64,uint64," +
        "bytes32,bytes32,uint96[],bytes32)",
    ),
    6,
  ],
]);

/**
 * Check that a document, and the fields shown of it, were recorded in the block of this hash.
 *
 * The hash comes from a node or an archive that is trusted. Compare `contract` with the network's:
 * anybody can deploy one that tells the same. Throws `ProofMalformed`, `ProofMismatch` or
 * `LeafDuplicate`.
 */
export function verifyRecorded(content: Uint8Array, blockHash: Uint8Array): Recorded {
  if (content.length > BYTES_MAX || content[0] !== VERSION) {
    throw malformed("The proof is too large, or has an unknown version.");
  }
  const parts = decodeList(content.subarray(1));
  if (parts.length !== PARTS) throw malformed("The proof has too few parts, or too many.");
  const commitment = bytesIn(parts[1]);
  const path = { position: placeIn(parts[2]), commitment, siblings: cut(bytesIn(parts[3])) };
  const block = readBlockHeader(bytesIn(parts[6]));
  if (!equal(block.hash, blockHash)) throw mismatch("The proof leads to another block.");
  const nodes = listOf(parts[7]).map(bytesIn);
  const logs = readLogs(valueAt(block.receiptsRoot, placeIn(parts[4]), nodes));
  const index = placeIn(parts[5]);
  const log = logs[index];
  if (log === undefined) throw malformed("The receipt has no such log.");
  const told = tell(log, logs.slice(0, index), path);
  const shown = bytesIn(parts[0]);
  const fields = shown.length > 0 ? verifyProof(readProof(shown), commitment) : new Map();
  return { ...placed(block, log), ...told, position: path.position, commitment, fields };
}

interface Path {
  readonly position: number;
  readonly commitment: Uint8Array;
  readonly siblings: readonly Uint8Array[];
}

function placed(block: Block, log: Log): Place {
  const isFirst = [BATCH, INTENT].includes(hexOf(log.topics[0] ?? new Uint8Array()));
  return {
    blockNumber: block.number,
    timestamp: block.timestamp,
    contract: `0x${hexOf(log.address)}`,
    organisation: Number(numberOf(log.topics[isFirst ? 1 : 2])),
  };
}

// What one log says of one document, after its commitment was found in it.
function tell(log: Log, before: readonly Log[], path: Path): Told {
  const kind = hexOf(log.topics[0] ?? new Uint8Array());
  if (kind === BATCH) return tellOfBatch(log, before, path);
  const at = SINGLE.get(kind);
  if (at === undefined) throw malformed("The log records no document.");
  if (path.siblings.length > 0 || path.position !== 0) {
    throw malformed("What was signed by itself has one document.");
  }
  requireRoot(path.commitment, wordAt(log, at));
  return { positions: 1, action: kind === INTENT ? stepOf(log) : undefined, isRefused: false };
}

function tellOfBatch(log: Log, before: readonly Log[], path: Path): Told {
  const start = Number(numberOf(wordAt(log, 2)));
  const size = Number(numberOf(log.data.subarray(start, start + WORD)));
  const stream = log.data.subarray(start + WORD, start + WORD + size);
  if (stream.length !== size) throw malformed("The log is cut short.");
  const actions = readActions(stream);
  const root = wordAt(log, 0);
  if (isZero(root) || isZero(path.commitment)) throw mismatch("The record has no such document.");
  verifyInclusion({ ...path, count: actions.length }, root);
  const isRefused = before.some((each) => refuses(each, log, path.position));
  const action = isRefused ? undefined : actions[path.position];
  return { positions: actions.length, action, isRefused };
}

function refuses(log: Log, batch: Log, position: number): boolean {
  const [kind, digest] = log.topics;
  if (kind === undefined || hexOf(kind) !== REFUSED || digest === undefined) return false;
  if (!equal(log.address, batch.address)) return false;
  if (!equal(digest, batch.topics[2] ?? new Uint8Array())) return false;
  const [first, count] = [numberOf(wordAt(log, 0)), numberOf(wordAt(log, 1))];
  if (count > ENTRIES_MAX) throw malformed("More events are refused than a batch has.");
  return position >= first && position < first + count;
}

// | agreement (64) | action (8) | number (32) | order (32) |  to bit 0
function stepOf(log: Log): Action {
  const step = numberOf(wordAt(log, 0));
  const bits = (from: bigint, size: bigint): bigint => (step >> from) & ((1n << size) - 1n);
  return {
    agreement: bits(72n, 64n),
    action: Number(bits(64n, 8n)),
    number: Number(bits(32n, 32n)),
    order: Number(bits(0n, 32n)),
  };
}

function requireRoot(commitment: Uint8Array, recorded: Uint8Array): void {
  if (isZero(recorded) || !equal(commitment, recorded)) {
    throw mismatch("The record is of another document.");
  }
}

function wordAt(log: Log, at: number): Uint8Array {
  const word = log.data.subarray(at * WORD, (at + 1) * WORD);
  if (word.length !== WORD) throw malformed("The log is cut short.");
  return word;
}

function numberOf(word: Uint8Array | undefined): bigint {
  if (word?.length !== WORD) throw malformed("The log is cut short.");
  return BigInt(`0x${hexOf(word)}`);
}

function cut(siblings: Uint8Array): Uint8Array[] {
  if (siblings.length % DIGEST_BYTES !== 0) {
    throw malformed("A part of the proof has the wrong length.");
  }
  return Array.from({ length: siblings.length / DIGEST_BYTES }, (_, index) =>
    siblings.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES),
  );
}

function placeIn(item: Item | undefined): number {
  const number = numberIn(item);
  if (number >= PLACE_MAX) throw malformed("A part of the proof has the wrong length.");
  return number;
}

function topic(signature: string): string {
  return hexOf(keccak_256(bytesOfText(signature)));
}

function isZero(word: Uint8Array): boolean {
  return word.every((byte) => byte === 0);
}

function mismatch(detail: string): DocumentError {
  return new DocumentError("ProofMismatch", detail);
}

function malformed(detail: string): DocumentError {
  return new DocumentError("ProofMalformed", detail);
}

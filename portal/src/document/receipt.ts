/**
 * Receipts of transactions, and how a block's header commits to them.
 *
 * Does what `ledger/archive/{header,trie,receipt}.py` do to follow a proof.
 */

import { keccak_256 } from "@noble/hashes/sha3.js";

import { equal } from "./bytes.ts";
import { DocumentError } from "./errors.ts";
import { bytesIn, decodeList, listOf, numberIn } from "./rlp.ts";

/** What a block's hash says of it. */
export interface Block {
  readonly hash: Uint8Array;
  readonly number: number;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly receiptsRoot: Uint8Array;
}

/** What a contract told in a transaction. */
export interface Log {
  readonly address: Uint8Array;
  readonly topics: readonly Uint8Array[];
  readonly data: Uint8Array;
}

const LIST = 0xc0;
const [RECEIPTS_ROOT, NUMBER, TIMESTAMP, FIELDS_MIN] = [5, 8, 11, 15];

/** Read a block's header, whose hash is the block's. */
export function readBlockHeader(header: Uint8Array): Block {
  const fields = decodeList(header);
  const receiptsRoot = bytesIn(fields[RECEIPTS_ROOT]);
  if (fields.length < FIELDS_MIN || receiptsRoot.length !== 32) throw malformed("No header.");
  return {
    hash: keccak_256(header),
    number: numberIn(fields[NUMBER]),
    timestamp: numberIn(fields[TIMESTAMP]),
    receiptsRoot,
  };
}

/** Read the logs of a receipt. */
export function readLogs(receipt: Uint8Array): Log[] {
  const isTyped = (receipt[0] ?? LIST) < LIST;
  const fields = decodeList(isTyped ? receipt.subarray(1) : receipt);
  if (fields.length !== 4) throw malformed("A receipt has four fields.");
  return listOf(fields[3]).map((item) => {
    const [address, topics, data] = listOf(item);
    return { address: bytesIn(address), topics: listOf(topics).map(bytesIn), data: bytesIn(data) };
  });
}

/** Follow nodes of a Merkle-Patricia trie from its root to one of a list's values. */
export function valueAt(
  root: Uint8Array,
  place: number,
  nodes: readonly Uint8Array[],
): Uint8Array {
  let wanted = root;
  let rest = nibblesOf(spelled(place));
  for (const [at, node] of nodes.entries()) {
    if (!equal(keccak_256(node), wanted)) break;
    const members = decodeList(node);
    if (members.length === 17) {
      const [first] = rest;
      if (first === undefined) break;
      wanted = bytesIn(members[first]);
      rest = rest.slice(1);
    } else if (members.length === 2) {
      const { path, isLeaf } = readPath(bytesIn(members[0]));
      if (path.some((nibble, index) => rest[index] !== nibble)) break;
      wanted = bytesIn(members[1]);
      rest = rest.slice(path.length);
      if (isLeaf && rest.length === 0 && at === nodes.length - 1) return wanted;
      if (isLeaf) break;
    } else {
      break;
    }
  }
  throw malformed("The nodes do not lead from the root to the value.");
}

// The key of a value is its place in the list, in the recursive length prefix.
function spelled(place: number): number[] {
  if (place === 0) return [0x80];
  const bytes: number[] = [];
  for (let rest = place; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return place < 0x80 ? bytes : [0x80 + bytes.length, ...bytes];
}

function readPath(content: Uint8Array): { path: number[]; isLeaf: boolean } {
  const [kind, filling, ...even] = nibblesOf(content);
  const isWrong = kind === undefined || filling === undefined || kind > 3;
  if (isWrong || (kind % 2 === 0 && filling !== 0)) {
    throw malformed("A path is not spelled as paths are.");
  }
  return { path: kind % 2 === 1 ? [filling, ...even] : even, isLeaf: kind >= 2 };
}

function nibblesOf(bytes: Iterable<number>): number[] {
  return [...bytes].flatMap((byte) => [byte >> 4, byte & 15]);
}

function malformed(detail: string): DocumentError {
  return new DocumentError("ProofMalformed", detail);
}

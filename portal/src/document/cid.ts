/** Content identifiers: CIDv1 of raw bytes under SHA-256, in lower-case base32. */

import { sha256 } from "@noble/hashes/sha2.js";

import { join } from "./bytes.ts";
import { DocumentError } from "./errors.ts";

const PREFIX = Uint8Array.of(0x01, 0x55, 0x12, 0x20);
const DIGITS = "abcdefghijklmnopqrstuvwxyz234567";
const SPELLED = /^b[a-z2-7]{58}$/;

/** Name a block by its content. */
export function cidOf(block: Uint8Array): string {
  return cidFromDigest(sha256(block));
}

/** Name the block that has this SHA-256 digest. */
export function cidFromDigest(digest: Uint8Array): string {
  // 36 bytes are 288 bits: 58 digits of five, two bits of which are zero.
  let number = join(PREFIX, digest).reduce((all, byte) => (all << 8n) | BigInt(byte), 0n) << 2n;
  let spelled = "";
  for (; spelled.length < 58; number >>= 5n) spelled = DIGITS[Number(number & 31n)] + spelled;
  return `b${spelled}`;
}

/** Tell whether a text is a CID of this network, in its one spelling. */
export function isCid(text: string): boolean {
  return SPELLED.test(text) && cidFromDigest(decoded(text)) === text;
}

/** Return the SHA-256 digest that a CID names. */
export function digestOf(cid: string): Uint8Array {
  if (!isCid(cid)) {
    throw new DocumentError(
      "CidInvalid",
      "The content identifier is not one of raw bytes under SHA-256.",
    );
  }
  return decoded(cid);
}

function decoded(cid: string): Uint8Array {
  const number = [...cid.slice(1)].reduce(
    (all, digit) => (all << 5n) | BigInt(DIGITS.indexOf(digit)),
    0n,
  );
  const bytes = new Uint8Array(36);
  for (let at = 35, rest = number >> 2n; at >= 0; at--, rest >>= 8n) {
    bytes[at] = Number(rest & 255n);
  }
  return bytes.subarray(PREFIX.length);
}

/**
 * Content keys: committed to in the header, wrapped for each recipient.
 *
 * Defined in `ledger/document/content_key.py`.
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { type Bytes, bytesOfText, equal, join } from "./bytes.ts";
import { DocumentError } from "./errors.ts";
import { type Header, wrapInfo } from "./header.ts";
import { HYBRID, openSealed, X25519 } from "./hpke.ts";

/**
 * Private keys of one organisation by key epoch: the 32 bytes of X25519, or for a hybrid one the 64
 * of ML-KEM-768's seed before them.
 */
export type PrivateKeys = ReadonlyMap<number, Uint8Array>;

/** Commit to a content key without showing it. */
export function keyCommitmentOf(contentKey: Uint8Array): Uint8Array {
  return sha256(join(bytesOfText("consign/key-commitment/1"), contentKey));
}

/** Derive the key that encrypts the content. */
export function encryptionKeyOf(contentKey: Uint8Array): Bytes {
  return sha256(join(bytesOfText("consign/content-key/1"), contentKey)) as Bytes;
}

/**
 * Unwrap the content key with a private key that is held.
 *
 * Throws `RecipientAbsent`, `EpochStale`, `KeyUnwrapFailed`, `KeyCommitmentMismatch`.
 */
export async function unwrap(
  header: Header,
  organisation: number,
  privateKeys: PrivateKeys,
): Promise<Uint8Array> {
  const mine = header.recipients.filter((each) => each.organisation === organisation);
  if (mine.length === 0) {
    throw new DocumentError("RecipientAbsent", "The block is not sealed for this organisation.");
  }
  const wrap = mine.findLast((each) => privateKeys.has(each.epoch));
  const privateKey = privateKeys.get(wrap?.epoch ?? -1);
  if (wrap === undefined || privateKey === undefined) {
    throw new DocumentError("EpochStale", "The block is sealed for a key epoch that is not held.", {
      epochs: mine.map((each) => each.epoch),
    });
  }
  const contentKey = await unwrapKey(wrap.wrapped, privateKey, wrapInfo(header, wrap));
  requireCommitted(contentKey, header);
  return contentKey;
}

/** Refuse a content key that is not the one the header commits to. */
export function requireCommitted(contentKey: Uint8Array, header: Header): void {
  if (contentKey.length !== 32 || !equal(keyCommitmentOf(contentKey), header.keyCommitment)) {
    throw new DocumentError("KeyCommitmentMismatch", "The content key is another than committed to.");
  }
}

/** Decrypt what was encrypted to a key of either kind, or throw `KeyUnwrapFailed`. */
export async function unwrapKey(
  sealed: Uint8Array,
  privateKey: Uint8Array,
  info: Uint8Array,
): Promise<Uint8Array> {
  const kem = privateKey.length === HYBRID.privateKeyBytes ? HYBRID : X25519;
  try {
    return await openSealed(kem, sealed, privateKey, info);
  } catch {
    throw new DocumentError("KeyUnwrapFailed", "The content key does not unwrap.");
  }
}

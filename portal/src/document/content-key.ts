/**
 * Content keys: committed to in the header, wrapped for each recipient.
 *
 * Defined in `ledger/document/content_key.py`.
 */

import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { sha256 } from "@noble/hashes/sha2.js";

import { type Bytes, bytesOfText, equal, join } from "./bytes.ts";
import { DocumentError } from "./errors.ts";
import { type Header, wrapInfo } from "./header.ts";

/** Private keys of one organisation by key epoch, as the bytes its keystore holds. */
export type PrivateKeys = ReadonlyMap<number, Bytes>;

const ENCAPSULATED_BYTES = 32;

const SUITE = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

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
  const contentKey = await decrypt(wrap.wrapped, privateKey, wrapInfo(header, wrap));
  if (contentKey.length !== 32 || !equal(keyCommitmentOf(contentKey), header.keyCommitment)) {
    throw new DocumentError("KeyCommitmentMismatch", "The content key is not the one committed to.");
  }
  return contentKey;
}

async function decrypt(
  wrapped: Uint8Array,
  privateKey: Bytes,
  info: Uint8Array,
): Promise<Uint8Array> {
  try {
    const recipientKey = await SUITE.kem.importKey("raw", privateKey.slice().buffer, false);
    const enc = wrapped.slice(0, ENCAPSULATED_BYTES);
    const ciphertext = wrapped.slice(ENCAPSULATED_BYTES);
    return new Uint8Array(await SUITE.open({ recipientKey, enc, info }, ciphertext));
  } catch {
    throw new DocumentError("KeyUnwrapFailed", "The content key does not unwrap.");
  }
}

/**
 * Sealed documents: only their recipients can open them, and only where they belong.
 *
 * Does what `ledger/document/envelope.py` does to open one; whether the content fits the model of
 * its type is the gateway's business.
 */

import { readBlock, type SealedBlock } from "./block.ts";
import { type Bytes, equal, hexOf, Reader } from "./bytes.ts";
import { type Fields, readCanonical, SEED_BYTES } from "./canonical.ts";
import { encryptionKeyOf, type PrivateKeys, unwrap } from "./content-key.ts";
import { DocumentError } from "./errors.ts";
import { type Binding, sameBinding } from "./header.ts";
import { commitFields } from "./proof.ts";
import { recoverAddress } from "./signature.ts";

/** What the chain says of a document, and the keys of who opens it. */
export interface Expected {
  readonly organisation: number;
  readonly privateKeys: PrivateKeys;
  readonly binding: Binding;
  readonly commitment: Uint8Array;
  /** Addresses that may speak for the sender. */
  readonly senders: readonly string[];
}

/** A document whose every check has passed. */
export interface OpenedDocument {
  readonly fields: Fields;
  readonly seed: Bytes;
  readonly leafCount: number;
  readonly sender: number;
  readonly senderAddress: string;
}

const NONCE = new Uint8Array(12);
const NO_ATTACHMENTS = "5b5d";

/** Open a sealed block: unwrap its key, decrypt it, and check every claim of it. */
export async function openEnvelope(block: Uint8Array, expected: Expected): Promise<OpenedDocument> {
  const parts = readBlock(block);
  if (!sameBinding(parts.header.binding, expected.binding)) {
    throw new DocumentError("ContextMismatch", "The block was sealed for something else.");
  }
  const senderAddress = recoverAddress(parts.digest, parts.signature);
  if (!expected.senders.some((each) => each.toLowerCase() === senderAddress)) {
    throw new DocumentError("SenderUnexpected", "The block is not signed by its sender.");
  }
  const contentKey = await unwrap(parts.header, expected.organisation, expected.privateKeys);
  const { seed, fields } = readContent(await decrypt(parts, contentKey));
  const { root, leafCount } = await commitFields(fields, seed);
  if (!equal(root, expected.commitment)) {
    throw new DocumentError("CommitmentMismatch", "The content has not the commitment recorded.");
  }
  return { fields, seed, leafCount, sender: parts.header.sender, senderAddress };
}

async function decrypt(parts: SealedBlock, contentKey: Uint8Array): Promise<Uint8Array> {
  const key = encryptionKeyOf(contentKey);
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  const cipher = { name: "AES-GCM", iv: NONCE, additionalData: parts.front.slice() };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(cipher, imported, parts.ciphertext.slice()));
  } catch {
    throw new DocumentError("ContentTampered", "The content fails its authentication.");
  }
}

function readContent(payload: Uint8Array): { seed: Bytes; fields: Fields } {
  const reader = new Reader(payload, wrongLayout);
  const seed = reader.take(SEED_BYTES).slice();
  const document = reader.take(reader.number(4));
  if (hexOf(reader.rest()) !== NO_ATTACHMENTS) throw wrongLayout();
  return { seed, fields: readCanonical(document) };
}

function wrongLayout(): DocumentError {
  return new DocumentError("ContentNotCanonical", "The content has the wrong layout.");
}

/**
 * Sealed documents: only their recipients can open them, and only where they belong.
 *
 * Does what `ledger/document/envelope.py` does to open one; whether the content fits the model of
 * its type is the gateway's business.
 */

import { readBlock, type SealedBlock } from "./block.ts";
import { equal } from "./bytes.ts";
import { encryptionKeyOf, type PrivateKeys, requireCommitted, unwrap } from "./content-key.ts";
import { DocumentError } from "./errors.ts";
import { type Binding, sameBinding } from "./header.ts";
import { type Payload, readPayload } from "./payload.ts";
import { commitFields } from "./proof.ts";
import { requireSigner } from "./signature.ts";

/** What the chain says of a document. */
export interface Claims {
  readonly binding: Binding;
  readonly commitment: Uint8Array;
  /** Addresses that may speak for the sender. */
  readonly senders: readonly string[];
}

/** What the chain says of a document, and the keys of who opens it. */
export interface Expected extends Claims {
  readonly organisation: number;
  readonly privateKeys: PrivateKeys;
}

/** A document whose every check has passed. */
export interface OpenedDocument extends Payload {
  readonly leafCount: number;
  readonly sender: number;
  readonly senderAddress: string;
}

const NONCE = new Uint8Array(12);

/** Open a sealed block: unwrap its key, decrypt it, and check every claim of it. */
export async function openEnvelope(block: Uint8Array, expected: Expected): Promise<OpenedDocument> {
  const { parts, senderAddress } = checkedBlock(block, expected);
  const contentKey = await unwrap(parts.header, expected.organisation, expected.privateKeys);
  return opened(parts, contentKey, senderAddress, expected);
}

/** Open a sealed block with a content key that came another way than by its header. */
export async function openWithKey(
  block: Uint8Array,
  contentKey: Uint8Array,
  expected: Claims,
): Promise<OpenedDocument> {
  const { parts, senderAddress } = checkedBlock(block, expected);
  requireCommitted(contentKey, parts.header);
  return opened(parts, contentKey, senderAddress, expected);
}

function checkedBlock(
  block: Uint8Array,
  expected: Claims,
): { parts: SealedBlock; senderAddress: string } {
  const parts = readBlock(block);
  if (!sameBinding(parts.header.binding, expected.binding)) {
    throw new DocumentError("ContextMismatch", "The block was sealed for something else.");
  }
  const senderAddress = requireSigner(parts, expected.senders);
  return { parts, senderAddress };
}

async function opened(
  parts: SealedBlock,
  contentKey: Uint8Array,
  senderAddress: string,
  expected: Claims,
): Promise<OpenedDocument> {
  const payload = readPayload(await decrypt(parts, contentKey));
  const { root, leafCount } = await commitFields(payload.fields, payload.seed);
  if (!equal(root, expected.commitment)) {
    throw new DocumentError("CommitmentMismatch", "The content has not the commitment recorded.");
  }
  return { ...payload, leafCount, sender: parts.header.sender, senderAddress };
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

/**
 * Rewraps: the content keys of many sealed documents, given to one more key in one signed block.
 *
 * The layout is drawn in `ledger/document/rewrap.py`.
 */

import { sha256 } from "@noble/hashes/sha2.js";

import { bytesOfText, equal, hexOf, join, Reader } from "./bytes.ts";
import { canonicalJson } from "./canonical.ts";
import { cidFromDigest } from "./cid.ts";
import { type PrivateKeys, unwrapKey } from "./content-key.ts";
import { DocumentError } from "./errors.ts";
import { headerFields, hexadecimalIn, malformed, unsignedIn } from "./field.ts";
import { requireSigner, SIGNATURE_BYTES } from "./signature.ts";

/** Who opens a rewrap, of which network, and who may have signed it. */
export interface RewrapExpected {
  readonly organisation: number;
  readonly privateKeys: PrivateKeys;
  readonly network: Uint8Array;
  readonly senders: readonly string[];
}

interface RewrapHeader {
  readonly network: Uint8Array;
  readonly sender: number;
  readonly organisation: number;
  readonly epoch: number;
  readonly documents: number;
}

const MAGIC = bytesOfText("CSRW");
const VERSION = 1;
const ENTRIES_MAX = 4096;
const DIGEST_BYTES = 32;
const ENTRY_BYTES = 64;

/** Open a rewrap; gives the content keys by the CIDs of their blocks, for `openWithKey`. */
export async function openRewrap(
  block: Uint8Array,
  expected: RewrapExpected,
): Promise<Map<string, Uint8Array>> {
  const { header, front, sealed, digest, signature } = readRewrap(block);
  requireSigner({ digest, signature }, expected.senders);
  if (!equal(header.network, expected.network)) {
    throw new DocumentError("ContextMismatch", "The rewrap was made for another network.");
  }
  if (header.organisation !== expected.organisation) {
    throw new DocumentError("RecipientAbsent", "The rewrap is not sealed for this organisation.");
  }
  const privateKey = expected.privateKeys.get(header.epoch);
  if (privateKey === undefined) {
    throw new DocumentError("EpochStale", "The rewrap is sealed to an epoch that is not held.");
  }
  const info = join(bytesOfText("consign/rewrap/1"), front);
  return entriesOf(await unwrapKey(sealed, privateKey, info), header.documents);
}

function readRewrap(block: Uint8Array): {
  header: RewrapHeader;
  front: Uint8Array;
  sealed: Uint8Array;
  digest: Uint8Array;
  signature: Uint8Array;
} {
  if (MAGIC.some((byte, at) => at < block.length && block[at] !== byte)) {
    throw malformed("The block does not begin as a rewrap does.");
  }
  if (block.length > MAGIC.length && block[MAGIC.length] !== VERSION) {
    throw new DocumentError("EnvelopeVersionUnknown", "The rewrap has an unknown version.");
  }
  const reader = new Reader(block, truncated);
  reader.take(MAGIC.length + 1);
  const header = reader.take(reader.number(4));
  const front = block.subarray(0, reader.at);
  const sealed = reader.take(reader.number(4));
  const signed = join(bytesOfText("consign/rewrap-signature/1"), block.subarray(0, reader.at));
  const signature = reader.take(SIGNATURE_BYTES);
  if (reader.rest().length > 0) throw malformed("The rewrap is longer than its lengths say.");
  return { header: readRewrapHeader(header), front, sealed, digest: sha256(signed), signature };
}

function readRewrapHeader(content: Uint8Array): RewrapHeader {
  const fields = headerFields(content);
  const header = {
    documents: unsignedIn(fields["documents"]),
    epoch: unsignedIn(fields["epoch"]),
    network: hexadecimalIn(fields["network"], 32),
    organisation: unsignedIn(fields["organisation"]),
    sender: unsignedIn(fields["sender"]),
  };
  if (header.documents === 0 || header.documents > ENTRIES_MAX) {
    throw malformed(`A rewrap holds the keys of 1 to ${ENTRIES_MAX} documents.`);
  }
  const again = canonicalJson({ ...header, network: hexOf(header.network) });
  if (!equal(bytesOfText(again), content)) {
    throw malformed("The header of the rewrap is not written in canonical form.");
  }
  return header;
}

function entriesOf(content: Uint8Array, count: number): Map<string, Uint8Array> {
  const entries = Array.from({ length: count }, (_, index) =>
    content.slice(index * ENTRY_BYTES, (index + 1) * ENTRY_BYTES),
  );
  const digests = entries.map((entry) => hexOf(entry.subarray(0, DIGEST_BYTES)));
  const ascends = digests.every((each, at) => at === 0 || (digests[at - 1] as string) < each);
  if (content.length !== count * ENTRY_BYTES || !ascends) {
    throw new DocumentError("ContentNotCanonical", "The content of the rewrap is no list of keys.");
  }
  return new Map(
    entries.map((entry) => [
      cidFromDigest(entry.subarray(0, DIGEST_BYTES)),
      entry.subarray(DIGEST_BYTES),
    ]),
  );
}

function truncated(): DocumentError {
  return new DocumentError("EnvelopeTruncated", "The rewrap is shorter than its lengths say.");
}

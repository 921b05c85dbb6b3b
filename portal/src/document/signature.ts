/** secp256k1 signatures over 32-byte digests: r ‖ s ‖ v, 65 bytes, low s only. */

import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak_256 } from "@noble/hashes/sha3.js";

import { hexOf, join } from "./bytes.ts";
import { DocumentError } from "./errors.ts";

export const SIGNATURE_BYTES = 65;

/** Recover the address, 0x and 40 lower-case digits, whose key signed a digest. */
export function recoverAddress(digest: Uint8Array, signature: Uint8Array): string {
  const v = signature[64];
  if (signature.length !== SIGNATURE_BYTES || (v !== 27 && v !== 28)) {
    throw invalid("The signature is not r, s and v of 27 or 28.");
  }
  const withRecovery = join(Uint8Array.of(v - 27), signature.subarray(0, 64));
  try {
    const read = secp256k1.Signature.fromBytes(withRecovery, "recovered");
    if (read.hasHighS()) throw invalid("The signature has a high s.");
    const key = read.recoverPublicKey(digest).toBytes(false);
    return `0x${hexOf(keccak_256(key.subarray(1)).subarray(12))}`;
  } catch (error) {
    if (error instanceof DocumentError) throw error;
    throw invalid("The signature recovers to no key.");
  }
}

/** Recover who signed, who must be among those expected; give the address in lower case. */
export function requireSigner(
  signed: { readonly digest: Uint8Array; readonly signature: Uint8Array },
  expected: readonly string[],
): string {
  const address = recoverAddress(signed.digest, signed.signature);
  if (!expected.some((each) => each.toLowerCase() === address)) {
    throw new DocumentError("SenderUnexpected", "The block is not signed by its sender.");
  }
  return address;
}

function invalid(detail: string): DocumentError {
  return new DocumentError("SignatureInvalid", detail);
}

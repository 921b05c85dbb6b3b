/**
 * HPKE in base mode, one message to a context: X25519, or ML-KEM-768 with X25519.
 *
 * Source: RFC 9180 (DHKEM, key schedule, single-shot open); draft-connolly-cfrg-xwing-kem for the
 * hybrid. Key derivation is HKDF-SHA256, encryption AES-256-GCM, the additional data empty.
 */

import { x25519 } from "@noble/curves/ed25519.js";
import { expand, extract } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { sha3_256 } from "@noble/hashes/sha3.js";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";

import { type Bytes, bytesOfText, join } from "./bytes.ts";

interface Kem {
  readonly id: number;
  /** Size of the encapsulated key, which stands before the ciphertext. */
  readonly encapsulatedBytes: number;
  readonly privateKeyBytes: number;
  decapsulate(encapsulated: Uint8Array, privateKey: Uint8Array): Uint8Array;
}

const X25519_BYTES = 32;
const MLKEM_SEED_BYTES = 64;
const MLKEM_CIPHERTEXT_BYTES = 1088;
const NOTHING = new Uint8Array();
const BASE_MODE = Uint8Array.of(0);
const VERSION = bytesOfText("HPKE-v1");
const X_WING_LABEL = bytesOfText("\\.//^\\");

export const X25519: Kem = {
  id: 0x0020,
  encapsulatedBytes: X25519_BYTES,
  privateKeyBytes: X25519_BYTES,
  decapsulate(encapsulated, privateKey) {
    const suite = join(bytesOfText("KEM"), u16(0x0020));
    const shared = x25519.getSharedSecret(privateKey, encapsulated);
    const context = join(encapsulated, x25519.getPublicKey(privateKey));
    const prk = labeledExtract(suite, NOTHING, "eae_prk", shared);
    return labeledExpand(suite, prk, "shared_secret", context, 32);
  },
};

/** A private key is the seed of ML-KEM-768 and the X25519 key, one after the other. */
export const HYBRID: Kem = {
  id: 0x647a,
  encapsulatedBytes: MLKEM_CIPHERTEXT_BYTES + X25519_BYTES,
  privateKeyBytes: MLKEM_SEED_BYTES + X25519_BYTES,
  decapsulate(encapsulated, privateKey) {
    const { secretKey } = ml_kem768.keygen(privateKey.subarray(0, MLKEM_SEED_BYTES));
    const x25519Key = privateKey.subarray(MLKEM_SEED_BYTES);
    const x25519Part = encapsulated.subarray(MLKEM_CIPHERTEXT_BYTES);
    return sha3_256(
      join(
        ml_kem768.decapsulate(encapsulated.subarray(0, MLKEM_CIPHERTEXT_BYTES), secretKey),
        x25519.getSharedSecret(x25519Key, x25519Part),
        x25519Part,
        x25519.getPublicKey(x25519Key),
        X_WING_LABEL,
      ),
    );
  },
};

/** Decrypt what was sealed to a private key; throws where it was not, or was changed. */
export async function openSealed(
  kem: Kem,
  sealed: Uint8Array,
  privateKey: Uint8Array,
  info: Uint8Array,
): Promise<Uint8Array> {
  if (privateKey.length !== kem.privateKeyBytes) throw new RangeError("a key of another kind");
  const encapsulated = sealed.subarray(0, kem.encapsulatedBytes);
  const { key, iv } = schedule(kem, kem.decapsulate(encapsulated, privateKey), info);
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  const ciphertext = sealed.slice(kem.encapsulatedBytes);
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, imported, ciphertext));
}

// The nonce of the first message of a context is its base nonce.
function schedule(kem: Kem, shared: Uint8Array, info: Uint8Array): { key: Bytes; iv: Bytes } {
  const suite = join(bytesOfText("HPKE"), u16(kem.id), u16(0x0001), u16(0x0002));
  const context = join(
    BASE_MODE,
    labeledExtract(suite, NOTHING, "psk_id_hash", NOTHING),
    labeledExtract(suite, NOTHING, "info_hash", info),
  );
  const secret = labeledExtract(suite, shared, "secret", NOTHING);
  return {
    key: labeledExpand(suite, secret, "key", context, 32),
    iv: labeledExpand(suite, secret, "base_nonce", context, 12),
  };
}

function labeledExtract(
  suite: Uint8Array,
  salt: Uint8Array,
  label: string,
  secret: Uint8Array,
): Uint8Array {
  return extract(sha256, join(VERSION, suite, bytesOfText(label), secret), salt);
}

function labeledExpand(
  suite: Uint8Array,
  prk: Uint8Array,
  label: string,
  context: Uint8Array,
  size: number,
): Bytes {
  const info = join(u16(size), VERSION, suite, bytesOfText(label), context);
  return expand(sha256, prk, info, size) as Bytes;
}

function u16(number: number): Uint8Array {
  return Uint8Array.of(number >> 8, number & 255);
}

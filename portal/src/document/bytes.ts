/** Bytes as texts and numbers, and a reader that never runs over the end. */

import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";

/** Bytes that WebCrypto takes: not shared between threads. */
export type Bytes = Uint8Array<ArrayBuffer>;

export { bytesToHex as hexOf, hexToBytes as bytesOfHex, utf8ToBytes as bytesOfText };

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Join bytes one after the other. */
export function join(...parts: Uint8Array[]): Bytes {
  return concatBytes(...parts) as Bytes;
}

/** Decode UTF-8; throws a `TypeError` where it is none. */
export function textOf(content: Uint8Array): string {
  return UTF8.decode(content);
}

/** Write an unsigned integer of 32 bits, big-endian. */
export function u32(number: number): Bytes {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

/** Write an unsigned integer of 64 bits, big-endian. */
export function u64(number: bigint): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, number);
  return bytes;
}

/** Tell whether two digests are the same. */
export function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** Reads bytes from front to back; `onEnd` makes the error when too few are left. */
export class Reader {
  readonly #content: Uint8Array;
  readonly #onEnd: () => Error;
  #at = 0;

  constructor(content: Uint8Array, onEnd: () => Error) {
    this.#content = content;
    this.#onEnd = onEnd;
  }

  /** How many bytes have been read. */
  get at(): number {
    return this.#at;
  }

  /** Take the next `size` bytes. */
  take(size: number): Uint8Array {
    if (size > this.#content.length - this.#at) throw this.#onEnd();
    this.#at += size;
    return this.#content.subarray(this.#at - size, this.#at);
  }

  /** Take a big-endian integer of 1 to 4 bytes. */
  number(size: number): number {
    // Multiplied, since shifts would make a negative number of the highest bit.
    return this.take(size).reduce((number, byte) => number * 256 + byte, 0);
  }

  /** Take all that is left. */
  rest(): Uint8Array {
    return this.take(this.#content.length - this.#at);
  }
}

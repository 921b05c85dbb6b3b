/**
 * The header of a sealed block: what it belongs to, who sealed it, and who may open it.
 *
 * Its fields are drawn in `ledger/document/header.py`.
 */

import { bytesOfText, equal, hexOf, join, u32, u64 } from "./bytes.ts";
import { canonicalJson, type Fields, type Json } from "./canonical.ts";
import {
  headerFields,
  hexadecimalIn,
  listIn,
  malformed,
  objectIn,
  textIn,
  unsignedIn,
} from "./field.ts";

export const RECIPIENTS_MAX = 64;
/** Size of a wrapped content key by its suite. */
export const WRAP_BYTES = { x25519: 80, "mlkem768-x25519": 1168 } as const;
export type Suite = keyof typeof WRAP_BYTES;

/** What a sealed document belongs to; it opens nowhere else. */
export interface Binding {
  /** EIP-712 domain separator of chain and ledger contract. */
  readonly network: Uint8Array;
  readonly agreement: bigint;
  /** What `number` counts: `order`, `delivery`, `lot` and so on. */
  readonly subject: string;
  readonly number: number;
}

/** The content key, wrapped for one key epoch of one organisation. */
export interface Wrap {
  readonly organisation: number;
  readonly epoch: number;
  readonly wrapped: Uint8Array;
  readonly suite: Suite;
}

/** Everything about a sealed block that is not secret. */
export interface Header {
  readonly binding: Binding;
  readonly sender: number;
  readonly keyCommitment: Uint8Array;
  readonly recipients: readonly Wrap[];
}

const U64_MAX = 2n ** 64n - 1n;
const DECIMAL = /^(?:0|[1-9][0-9]{0,19})$/;
const SUBJECT = /^[a-z][a-z_]{0,31}$/;

/** Read a header, which must be in its one spelling. */
export function readHeader(content: Uint8Array): Header {
  const header = headerOf(headerFields(content));
  if (!equal(bytesOfText(headerJson(header)), content)) {
    throw malformed("The header is not written in canonical form.");
  }
  return header;
}

/** Tell whether two bindings are the same. */
export function sameBinding(one: Binding, other: Binding): boolean {
  return (
    equal(one.network, other.network) &&
    one.agreement === other.agreement &&
    one.subject === other.subject &&
    one.number === other.number
  );
}

/** Write the `info` that binds a wrap to whom and what it was made for. */
export function wrapInfo(header: Header, to: Wrap): Uint8Array {
  const { binding, sender, keyCommitment } = header;
  return join(
    bytesOfText("consign/wrap/1"),
    binding.network,
    u64(binding.agreement),
    u32(binding.number),
    u32(to.organisation),
    u32(to.epoch),
    u32(sender),
    keyCommitment,
    bytesOfText(to.suite === "x25519" ? binding.subject : `${binding.subject}\0${to.suite}`),
  );
}

function headerOf(fields: Fields): Header {
  const recipients = listIn(fields["recipients"]).map((each) => wrapOf(objectIn(each)));
  const ascends = recipients.every((each, at) => at === 0 || isBefore(recipients[at - 1], each));
  if (recipients.length === 0 || recipients.length > RECIPIENTS_MAX || !ascends) {
    throw malformed(`A block needs 1 to ${RECIPIENTS_MAX} distinct recipients, in order.`);
  }
  return {
    binding: {
      network: hexadecimalIn(fields["network"], 32),
      agreement: agreementOf(fields["agreement"]),
      subject: textIn(fields["subject"], SUBJECT),
      number: unsignedIn(fields["number"]),
    },
    sender: unsignedIn(fields["sender"]),
    keyCommitment: hexadecimalIn(fields["key_commitment"], 32),
    recipients,
  };
}

function wrapOf(fields: Fields): Wrap {
  const suite = fields["suite"] ?? "x25519";
  if (suite !== "x25519" && suite !== "mlkem768-x25519") throw malformed("An unknown suite.");
  return {
    organisation: unsignedIn(fields["organisation"]),
    epoch: unsignedIn(fields["epoch"]),
    wrapped: hexadecimalIn(fields["wrap"], WRAP_BYTES[suite]),
    suite,
  };
}

function headerJson(header: Header): string {
  const { binding, sender, keyCommitment, recipients } = header;
  return canonicalJson({
    agreement: binding.agreement.toString(),
    key_commitment: hexOf(keyCommitment),
    network: hexOf(binding.network),
    number: binding.number,
    recipients: recipients.map(({ organisation, epoch, wrapped, suite }) => ({
      epoch,
      organisation,
      ...(suite === "x25519" ? {} : { suite }),
      wrap: hexOf(wrapped),
    })),
    sender,
    subject: binding.subject,
  });
}

function isBefore(one: Wrap | undefined, other: Wrap): boolean {
  if (one === undefined || one.organisation > other.organisation) return false;
  return one.organisation < other.organisation || one.epoch < other.epoch;
}

function agreementOf(value: Json | undefined): bigint {
  const agreement = BigInt(textIn(value, DECIMAL));
  if (agreement > U64_MAX) throw malformed("The agreement is out of range.");
  return agreement;
}

import assert from "node:assert/strict";
import { test } from "node:test";

import { readBlock } from "../src/document/block.ts";
import { hexOf } from "../src/document/bytes.ts";
import { canonicalJson } from "../src/document/canonical.ts";
import { type Expected, type OpenedDocument, openEnvelope } from "../src/document/envelope.ts";
import { DocumentError } from "../src/document/errors.ts";
import { recoverAddress } from "../src/document/signature.ts";
import { hex, named, vectors } from "./vectors.ts";

interface Envelopes {
  binding: { network: string; agreement: string; subject: string; number: number };
  organisation: number;
  epoch: number;
  private_key: string;
  sender: number;
  sender_address: string;
  commitment: string;
  seed: string;
  document: string;
  block: string;
  invalid: { name: string; block: string; error: string }[];
}

interface Hybrid {
  organisation: number;
  epoch: number;
  private_key: string;
  commitment: string;
  document: string;
  attachments: { id: string; cid: string; key: string }[];
  block: string;
}

const found = vectors<Envelopes>("envelope");
const expected = expectedOf(found);

function expectedOf(one: Omit<Envelopes, "document" | "invalid">): Expected {
  return {
    organisation: one.organisation,
    privateKeys: new Map([[one.epoch, hex(one.private_key)]]),
    binding: {
      network: hex(one.binding.network),
      agreement: BigInt(one.binding.agreement),
      subject: one.binding.subject,
      number: one.binding.number,
    },
    commitment: hex(one.commitment),
    senders: [one.sender_address],
  };
}

function open(block: Uint8Array, change: Partial<Expected> = {}): Promise<OpenedDocument> {
  return openEnvelope(block, { ...expected, ...change });
}

test("the block that Python sealed opens, and shows what was sealed", async () => {
  const opened = await open(hex(found.block));
  assert.equal(canonicalJson(opened.fields), found.document);
  assert.equal(hexOf(opened.seed), found.seed);
  assert.equal(opened.sender, found.sender);
  assert.equal(opened.senderAddress, found.sender_address.toLowerCase());
});

test("a block for a hybrid key opens with both halves, and shows its attached files", async () => {
  const hybrid = vectors<Hybrid>("hybrid");
  const block = hex(hybrid.block);
  const mine = expectedOf({ ...found, ...hybrid });
  const opened = await openEnvelope(block, mine);
  assert.equal(canonicalJson(opened.fields), hybrid.document);
  assert.deepEqual(
    opened.attachments.map((file) => ({ ...file, key: hexOf(file.key) })),
    hybrid.attachments,
  );
  const key = hex(hybrid.private_key);
  const wrong = [key.slice(64), key.slice(0, 64), key.with(0, 1), key.with(95, 1)];
  for (const half of wrong.filter((each) => hexOf(each) !== hexOf(key))) {
    const privateKeys = new Map([[hybrid.epoch, half]]);
    await assert.rejects(openEnvelope(block, { ...mine, privateKeys }), named("KeyUnwrapFailed"));
  }
  for (let at = 0; at < block.length; at += 97) {
    const changed = block.with(at, (block[at] as number) ^ 1);
    await assert.rejects(openEnvelope(changed, mine), DocumentError);
  }
});

test("a block of the first version of the documents still opens", async () => {
  const { envelope } = vectors<{ envelope: Envelopes }>("migration");
  const opened = await openEnvelope(hex(envelope.block), expectedOf(envelope));
  assert.equal(opened.fields["schema_version"], 1);
  assert.deepEqual(opened.attachments, []);
});

test("broken blocks of the vectors are refused by the same names as in Python", async () => {
  for (const { name, block, error } of found.invalid) {
    await assert.rejects(open(hex(block)), named(error), name);
  }
});

test("a block opens for its recipient only, with its key, where it belongs", async () => {
  const block = hex(found.block);
  const key = hex(found.private_key);
  const other = key.with(0, (key[0] as number) ^ 8) as typeof key;
  const { binding } = expected;
  const rows: [Partial<Expected>, string][] = [
    [{ organisation: 9 }, "RecipientAbsent"],
    [{ organisation: 1 }, "KeyUnwrapFailed"],
    [{ privateKeys: new Map() }, "EpochStale"],
    [{ privateKeys: new Map([[found.epoch + 1, key]]) }, "EpochStale"],
    [{ privateKeys: new Map([[found.epoch, other]]) }, "KeyUnwrapFailed"],
    [{ privateKeys: new Map([[found.epoch, key.slice(1)]]) }, "KeyUnwrapFailed"],
    [{ binding: { ...binding, agreement: binding.agreement + 1n } }, "ContextMismatch"],
    [{ binding: { ...binding, number: binding.number + 1 } }, "ContextMismatch"],
    [{ binding: { ...binding, subject: "delivery" } }, "ContextMismatch"],
    [{ binding: { ...binding, network: binding.network.slice().fill(0) } }, "ContextMismatch"],
    [{ commitment: new Uint8Array(32) }, "CommitmentMismatch"],
    [{ senders: [] }, "SenderUnexpected"],
  ];
  for (const [change, error] of rows) await assert.rejects(open(block, change), named(error));
});

test("any byte changed in a sealed block is detected", async () => {
  const block = hex(found.block);
  // Steps of a prime reach every part of the block; what Python tests flips every byte.
  for (let at = 0; at < block.length; at += 17) {
    await assert.rejects(open(block.with(at, (block[at] as number) ^ 1)), DocumentError);
  }
});

test("who holds a block but no key reads its header only", () => {
  const { header } = readBlock(hex(found.block));
  assert.deepEqual(header.binding, expected.binding);
  assert.equal(header.sender, found.sender);
  assert.deepEqual(
    header.recipients.map(({ organisation, epoch }) => [organisation, epoch]),
    [
      [1, found.epoch],
      [2, found.epoch],
    ],
  );
});

test("a signature of another form recovers to nobody", () => {
  const { digest, signature } = readBlock(hex(found.block));
  assert.equal(recoverAddress(digest, signature), found.sender_address.toLowerCase());
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
  const s = BigInt(`0x${hexOf(signature.subarray(32, 64))}`);
  const highS = signature.slice();
  highS.set(hex((order - s).toString(16).padStart(64, "0")), 32);
  highS[64] = 55 - (signature[64] as number);
  const rows = [
    highS,
    signature.slice(1),
    signature.with(64, 0),
    new Uint8Array(65).with(64, 27),
    signature.slice().fill(0, 32, 64),
  ];
  for (const wrong of rows) {
    assert.throws(() => recoverAddress(digest, wrong), named("SignatureInvalid"));
  }
});

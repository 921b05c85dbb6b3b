import assert from "node:assert/strict";
import { test } from "node:test";

import { canonicalJson } from "../src/document/canonical.ts";
import { cidOf } from "../src/document/cid.ts";
import { type Claims, openWithKey } from "../src/document/envelope.ts";
import { DocumentError } from "../src/document/errors.ts";
import { openRewrap, type RewrapExpected } from "../src/document/rewrap.ts";
import { hex, named, vectors } from "./vectors.ts";

interface Envelopes {
  binding: { network: string; agreement: string; subject: string; number: number };
  sender_address: string;
}

interface Hybrid {
  commitment: string;
  document: string;
  block: string;
  rewrap: {
    organisation: number;
    epoch: number;
    private_key: string;
    documents: number;
    block: string;
  };
}

const { binding, sender_address } = vectors<Envelopes>("envelope");
const { commitment, document, block, rewrap } = vectors<Hybrid>("hybrid");
const expected: RewrapExpected = {
  organisation: rewrap.organisation,
  privateKeys: new Map([[rewrap.epoch, hex(rewrap.private_key)]]),
  network: hex(binding.network),
  senders: [sender_address],
};
const claims: Claims = {
  binding: { ...binding, network: hex(binding.network), agreement: BigInt(binding.agreement) },
  commitment: hex(commitment),
  senders: [sender_address],
};

test("who was given a rewrap opens a document that was not sealed for it", async () => {
  const keys = await openRewrap(hex(rewrap.block), expected);
  assert.equal(keys.size, rewrap.documents);
  const key = keys.get(cidOf(hex(block)));
  assert(key);
  const opened = await openWithKey(hex(block), key, claims);
  assert.equal(canonicalJson(opened.fields), document);
  for (const other of [new Uint8Array(32), key.slice(1)]) {
    await assert.rejects(openWithKey(hex(block), other, claims), named("KeyCommitmentMismatch"));
  }
});

test("a rewrap opens for its recipient only, and only as its sender signed it", async () => {
  const content = hex(rewrap.block);
  const key = hex(rewrap.private_key);
  const rows: [Partial<RewrapExpected>, string][] = [
    [{ organisation: 2 }, "RecipientAbsent"],
    [{ privateKeys: new Map() }, "EpochStale"],
    [{ privateKeys: new Map([[rewrap.epoch, key.with(1, 0).with(2, 0)]]) }, "KeyUnwrapFailed"],
    [{ network: new Uint8Array(32) }, "ContextMismatch"],
    [{ senders: [] }, "SenderUnexpected"],
  ];
  for (const [change, error] of rows) {
    await assert.rejects(openRewrap(content, { ...expected, ...change }), named(error), error);
  }
  for (let at = 0; at < content.length; at += 3) {
    const changed = content.with(at, (content[at] as number) ^ 1);
    await assert.rejects(openRewrap(changed, expected), DocumentError, `byte ${at}`);
  }
});

test("a rewrap that is cut, extended or of another kind is named", async () => {
  const content = hex(rewrap.block);
  const rows: [Uint8Array, string][] = [
    [content.subarray(0, -1), "EnvelopeTruncated"],
    [new Uint8Array(), "EnvelopeTruncated"],
    [new Uint8Array([...content, 0]), "EnvelopeMalformed"],
    [hex(block), "EnvelopeMalformed"],
    [content.with(4, 2), "EnvelopeVersionUnknown"],
  ];
  for (const [changed, error] of rows) {
    await assert.rejects(openRewrap(changed, expected), named(error), error);
  }
});

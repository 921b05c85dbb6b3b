import assert from "node:assert/strict";
import { test } from "node:test";

import { readBlock } from "../src/document/block.ts";
import { hexOf } from "../src/document/bytes.ts";
import { cidOf, digestOf } from "../src/document/cid.ts";
import { type Claims, openWithKey } from "../src/document/envelope.ts";
import { DocumentError } from "../src/document/errors.ts";
import { openRewrap, type RewrapExpected } from "../src/document/rewrap.ts";
import { hex, named, vectors } from "./vectors.ts";

interface Rewraps {
  network: string;
  document: string;
  commitment: string;
  content_keys: Record<string, string>;
  rewraps: Rewrap[];
}

interface Rewrap {
  organisation: number;
  epoch: number;
  private_key: string;
  signer: string;
  block: string;
}

const found = vectors<Rewraps>("rewrap");
const [first] = found.rewraps;
assert(first);
const expected = expectedOf(first);
const content = hex(first.block);
const document = hex(found.document);
const claims: Claims = {
  binding: readBlock(document).header.binding,
  commitment: hex(found.commitment),
  senders: [first.signer],
};

function expectedOf(rewrap: Rewrap): RewrapExpected {
  return {
    organisation: rewrap.organisation,
    privateKeys: new Map([[rewrap.epoch, hex(rewrap.private_key)]]),
    network: hex(found.network),
    senders: [rewrap.signer],
  };
}

test("rewraps of the vectors give their content keys to keys of both kinds", async () => {
  for (const rewrap of found.rewraps) {
    const keys = await openRewrap(hex(rewrap.block), expectedOf(rewrap));
    const given = [...keys].map(([cid, key]) => [hexOf(digestOf(cid)), hexOf(key)]);
    assert.deepEqual(Object.fromEntries(given), found.content_keys);
  }
});

test("who was given a rewrap opens a document that was not sealed for it", async () => {
  const keys = await openRewrap(content, expected);
  const key = keys.get(cidOf(document));
  assert(key);
  const { fields } = await openWithKey(document, key, claims);
  assert.notDeepEqual(fields, {});
  for (const other of [new Uint8Array(32), key.slice(1)]) {
    await assert.rejects(openWithKey(document, other, claims), named("KeyCommitmentMismatch"));
  }
});

test("a rewrap opens for its recipient only, and only as its sender signed it", async () => {
  const other = hex(first.private_key).fill(7);
  const rows: [Partial<RewrapExpected>, string][] = [
    [{ organisation: 2 }, "RecipientAbsent"],
    [{ privateKeys: new Map() }, "EpochStale"],
    [{ privateKeys: new Map([[first.epoch, other]]) }, "KeyUnwrapFailed"],
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
  const rows: [Uint8Array, string][] = [
    [content.subarray(0, -1), "EnvelopeTruncated"],
    [new Uint8Array(), "EnvelopeTruncated"],
    [new Uint8Array([...content, 0]), "EnvelopeMalformed"],
    [document, "EnvelopeMalformed"],
    [content.with(4, 2), "EnvelopeVersionUnknown"],
  ];
  for (const [changed, error] of rows) {
    await assert.rejects(openRewrap(changed, expected), named(error), error);
  }
});

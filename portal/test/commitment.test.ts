import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesOfText, hexOf } from "../src/document/bytes.ts";
import {
  canonicalJson,
  type Fields,
  leavesOf,
  readCanonical,
  saltsOf,
  splitLeaf,
} from "../src/document/canonical.ts";
import { leafDigest, topOf } from "../src/document/merkle.ts";
import { commitFields } from "../src/document/proof.ts";
import { hex, named, vectors } from "./vectors.ts";

interface Commitments {
  seed: string;
  documents: { canonical: string; leaf_count: number; commitment: string }[];
  leaves_of_notice: [pointer: string, value: string, salt: string, digest: string][];
  trees: { digests: string[]; top: string }[];
}

const found = vectors<Commitments>("commitment");
const seed = hex(found.seed);

test("documents of the vectors have the commitments that Python computed", async () => {
  for (const document of found.documents) {
    const fields = readCanonical(bytesOfText(document.canonical));
    const { root, leafCount } = await commitFields(fields, seed);
    assert.equal(hexOf(root), document.commitment);
    assert.equal(leafCount, document.leaf_count);
  }
});

test("documents of the first version keep their commitments", async () => {
  const migration = vectors<Omit<Commitments, "trees">>("migration");
  for (const document of migration.documents) {
    const fields = readCanonical(bytesOfText(document.canonical));
    const { root } = await commitFields(fields, hex(migration.seed));
    assert.equal(hexOf(root), document.commitment);
  }
});

test("leaves, salts and digests of the notice are those of the vectors", async () => {
  const notice = found.documents.find((each) => each.canonical.includes('"Notice"'));
  assert(notice);
  const leaves = leavesOf(readCanonical(bytesOfText(notice.canonical)));
  const salts = await saltsOf(seed, leaves.length);
  const rows = leaves.map((leaf, index) => {
    const salt = salts[index];
    assert(salt);
    return [...splitLeaf(leaf), hexOf(salt), hexOf(leafDigest(salt, leaf))];
  });
  assert.deepEqual(rows, found.leaves_of_notice);
});

test("trees of many sizes have the tops of the vectors", () => {
  for (const { digests, top } of found.trees) assert.equal(hexOf(topOf(digests.map(hex))), top);
});

test("canonical JSON sorts names, escapes as little as possible and keeps the text", () => {
  const values = { b: [true, { z: 1, a: "é\u0007\u2028\"" }], a: -5 };
  assert.equal(canonicalJson(values), '{"a":-5,"b":[true,{"a":"é\\u0007\u2028\\"","z":1}]}');
});

test("content in another spelling is refused", () => {
  const spellings = ['{"a": 1}', '{"b":1,"a":1}', '{"a":1.0}', '{"a":1,"a":1}', '{"a":"\\u0041"}'];
  for (const text of [...spellings, "[]", "1", "{", '{"a":9007199254740993}']) {
    assert.throws(() => readCanonical(bytesOfText(text)), named("ContentNotCanonical"), text);
  }
  const bytes = Uint8Array.of(0x22, 0xff, 0x22);
  assert.throws(() => readCanonical(bytes), named("ContentNotCanonical"));
});

function deep(levels: number): Fields {
  let fields: Fields = { a: 1 };
  for (let level = 1; level < levels; level++) fields = { a: fields };
  return fields;
}

test("values that cannot be committed to are refused by name", () => {
  const rows: [Fields, string][] = [
    [{ Name: 1 }, "FieldNameInvalid"],
    [{ a: { "": 1 } }, "FieldNameInvalid"],
    [{ a: null }, "FieldEmpty"],
    [{ a: [] }, "FieldEmpty"],
    [{ a: 1.5 }, "NumberInexact"],
    [{ a: 2 ** 53 }, "NumberInexact"],
    [{ a: "é".repeat(32_769) }, "TextTooLarge"],
    [{ a: "\ud800" }, "UnicodeInvalid"],
    [deep(33), "NestingTooDeep"],
    [{}, "LeavesTooMany"],
  ];
  for (const [fields, name] of rows) assert.throws(() => leavesOf(fields), named(name), name);
  assert.throws(() => canonicalJson(deep(100_000)), named("NestingTooDeep"));
  assert.throws(() => canonicalJson("\ud800"), named("UnicodeInvalid"));
  assert.equal(leavesOf(deep(32)).length, 1);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { bytesOfText, join, u32 } from "../src/document/bytes.ts";
import { readPayload } from "../src/document/payload.ts";
import { named } from "./vectors.ts";

const DOCUMENT = '{"id":"1"}';
const KEY = "ab".repeat(32);

function payload(list: string, document = DOCUMENT, size = document.length): Uint8Array {
  return join(new Uint8Array(32), u32(size), bytesOfText(document), bytesOfText(list));
}

test("content is taken apart into seed, document and attached files", () => {
  const list = `[{"cid":"b","id":"1","key":"${KEY}"},{"cid":"a","id":"2","key":"${KEY}"}]`;
  const { fields, attachments, seed } = readPayload(payload(list));
  assert.deepEqual(fields, { id: "1" });
  assert.deepEqual(attachments.map(({ id, cid }) => [id, cid]), [["1", "b"], ["2", "a"]]);
  assert.equal(seed.length, 32);
});

test("content in another layout is refused", () => {
  const file = `{"cid":"b","id":"1","key":"${KEY}"}`;
  const lists = [
    "",
    "{}",
    " []",
    "[1]",
    `[${file},${file}]`,
    `[${file.replace('"1"', '"2"')},${file}]`,
    `[${file.replace('"1"', "1")}]`,
    `[${file.replace("ab", "AB")}]`,
    `[${file.replace("ab", "")}]`,
    `[${file.replace("}", ',"more":1}')}]`,
  ];
  for (const list of lists) {
    assert.throws(() => readPayload(payload(list)), named("ContentNotCanonical"), list);
  }
  const wrong = [payload("[]", DOCUMENT, 500), payload("[]", "[]"), new Uint8Array(35)];
  for (const content of wrong) {
    assert.throws(() => readPayload(content), named("ContentNotCanonical"));
  }
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { readActions } from "../src/document/actions.ts";
import { DocumentError } from "../src/document/errors.ts";
import { verifyRecorded } from "../src/document/recorded.ts";
import { decodeList } from "../src/document/rlp.ts";
import { hex, named, vectors } from "./vectors.ts";

interface Inclusions {
  ledger: string;
  valid: {
    name: string;
    block_hash: string;
    proof: string;
    recorded: {
      block_number: number;
      timestamp: number;
      organisation: number;
      position: number;
      positions: number;
      agreement: number;
      number: number;
      action: number | null;
      is_refused: boolean;
    };
  }[];
  invalid: { name: string; proof: string; error: string }[];
}

interface Streams {
  streams: { name: string; actions: string; read: string[][]; malformedAt: number | null }[];
}

const found = vectors<Inclusions>("block");
const [first] = found.valid;
assert(first);
const blockHash = hex(first.block_hash);

test("inclusions of the vectors lead to their blocks, and say what Python says", () => {
  for (const { name, block_hash, proof, recorded } of found.valid) {
    const shown = verifyRecorded(hex(proof), hex(block_hash));
    assert.equal(shown.contract, found.ledger.toLowerCase(), name);
    assert.deepEqual(
      {
        block_number: shown.blockNumber,
        timestamp: shown.timestamp,
        organisation: shown.organisation,
        position: shown.position,
        positions: shown.positions,
        agreement: Number(shown.action?.agreement ?? 0n),
        number: shown.action?.number ?? 0,
        action: shown.action?.action ?? null,
        is_refused: shown.isRefused,
      },
      Object.fromEntries(
        Object.entries(recorded).filter(([field]) => field !== "contract" && field !== "machine"),
      ),
      name,
    );
  }
});

test("an inclusion shows the fields that come with it", () => {
  const { fields } = verifyRecorded(hex(first.proof), blockHash);
  assert.notEqual(fields.size, 0);
});

test("broken inclusions of the vectors are refused by the same names as in Python", () => {
  for (const { name, proof, error } of found.invalid) {
    assert.throws(() => verifyRecorded(hex(proof), blockHash), named(error), name);
  }
});

test("any byte changed in an inclusion is detected", () => {
  const content = hex(first.proof);
  for (let at = 0; at < content.length; at += 11) {
    const changed = content.with(at, (content[at] as number) ^ 1);
    assert.throws(() => verifyRecorded(changed, blockHash), DocumentError, `byte ${at}`);
  }
});

test("streams of actions are read as in Python and Solidity", () => {
  const file = new URL("../../contracts/spec/vectors/action_stream.json", import.meta.url);
  const { streams } = JSON.parse(readFileSync(file, "utf8")) as Streams;
  for (const { name, actions, read, malformedAt } of streams) {
    const stream = hex(actions.slice(2));
    if (malformedAt === null) {
      const rows = readActions(stream).map((each) =>
        [each.agreement, each.action, each.number, each.order].map(String),
      );
      assert.deepEqual(rows, read, name);
    } else {
      assert.throws(() => readActions(stream), named("ProofMalformed"), name);
    }
  }
});

test("items that are not spelled in the one way are refused", () => {
  const cut = ["", "80", "c1", "c281"];
  const long = ["c100ff", "c18100", "c28100", "c3b80101", "f800", "f90001c0"];
  for (const row of [...cut, ...long]) {
    assert.throws(() => decodeList(hex(row)), named("ProofMalformed"), row);
  }
  const levels = Array.from({ length: 40 }, (_, level) => (0xc0 + 39 - level).toString(16));
  const deep = levels.join("");
  assert.throws(() => decodeList(hex(deep)), named("ProofMalformed"));
  assert.deepEqual(decodeList(hex("c20180")), [hex("01"), hex("")]);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { readProof, verifyProof } from "../src/document/proof.ts";
import { hex, named, vectors } from "./vectors.ts";

interface Proofs {
  commitment: string;
  valid: { proof: string; values: Record<string, unknown> }[];
  invalid: { name: string; proof: string; error: string }[];
}

const found = vectors<Proofs>("proof");
const root = hex(found.commitment);

test("proofs of the vectors hold and show their values", () => {
  for (const { proof, values } of found.valid) {
    assert.deepEqual(Object.fromEntries(verifyProof(readProof(hex(proof)), root)), values);
  }
});

test("broken proofs of the vectors are refused by the same names as in Python", () => {
  for (const { name, proof, error } of found.invalid) {
    assert.throws(() => verifyProof(readProof(hex(proof)), root), named(error), name);
  }
});

test("any byte changed in a proof is detected", () => {
  for (const { proof } of found.valid) {
    const content = hex(proof);
    for (const at of content.keys()) {
      const changed = content.with(at, (content[at] as number) ^ 1);
      assert.throws(() => verifyProof(readProof(changed), root), /Proof|Leaf/, `byte ${at}`);
    }
  }
});

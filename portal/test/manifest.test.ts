import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256 } from "@noble/hashes/sha2.js";

import { bytesOfText, hexOf } from "../src/document/bytes.ts";
import { canonicalJson, type Json } from "../src/document/canonical.ts";
import { cidOf, digestOf } from "../src/document/cid.ts";
import { documentsRoot, readManifest, verifyInclusion } from "../src/document/manifest.ts";
import { hex, named, vectors } from "./vectors.ts";

interface Batch {
  commitments: string[];
  documents_root: string;
  position: number;
  siblings: string[];
}

const batches = vectors<Batch[]>("inclusion");
const CID = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
const COMMITMENT = `0x${"ab".repeat(32)}`;

test("batches of the vectors have the documents roots that Python computed", () => {
  for (const batch of batches) {
    assert.equal(hexOf(documentsRoot(batch.commitments.map(hex))), batch.documents_root);
  }
});

test("inclusion proofs of the vectors hold, and for no other batch, place or document", () => {
  for (const { commitments, documents_root, position, siblings } of batches) {
    const root = hex(documents_root);
    const commitment = hex(commitments[position] as string);
    const proof = { position, count: commitments.length, commitment, siblings: siblings.map(hex) };
    verifyInclusion(proof, root);
    const flipped = commitment.with(0, (commitment[0] as number) ^ 1);
    const wrong: [object, string][] = [
      [{ commitment: flipped }, "ProofMismatch"],
      [{ position: proof.count }, "ProofMalformed"],
      [{ position: -1 }, "ProofMalformed"],
      [{ position: 0.5 }, "ProofMalformed"],
      [{ siblings: [...proof.siblings, commitment] }, "ProofMalformed"],
      [{ commitment: commitment.subarray(1) }, "ProofMalformed"],
    ];
    for (const [change, error] of wrong) {
      assert.throws(() => verifyInclusion({ ...proof, ...change }, root), named(error));
    }
    assert.throws(() => verifyInclusion(proof, sha256(root)), named("ProofMismatch"));
  }
});

test("a content identifier names the same digest as elsewhere and has one spelling", () => {
  // The empty block, as `ipfs block put --cid-codec raw` names it.
  assert.equal(cidOf(new Uint8Array()), CID);
  assert.equal(hexOf(digestOf(CID)), hexOf(sha256(new Uint8Array())));
  const respelled = `${CID.slice(0, -1)}v`;
  for (const cid of ["", "b", CID.toUpperCase(), respelled, `z${CID.slice(1)}`, `${CID}a`]) {
    assert.throws(() => digestOf(cid), named("CidInvalid"), cid);
  }
});

function read(fields: Json, spell: (json: string) => string = (json) => json): unknown {
  const block = bytesOfText(spell(canonicalJson(fields)));
  return readManifest(block, sha256(block));
}

test("a manifest is read, with documents that travel outside Consign among its entries", () => {
  const entries = [
    { cid: CID, commitment: COMMITMENT, position: 0 },
    { commitment: COMMITMENT, position: 7 },
  ];
  assert.deepEqual(read({ entries, manifest_version: 1 }), [
    { cid: CID, commitment: hex("ab".repeat(32)), position: 0 },
    { commitment: hex("ab".repeat(32)), position: 7 },
  ]);
});

test("a manifest that breaks a rule is refused", () => {
  const entry = { cid: CID, commitment: COMMITMENT, position: 1 };
  const rows: Json[] = [
    { entries: [entry, entry], manifest_version: 1 },
    { entries: [{ ...entry, position: 65_536 }], manifest_version: 1 },
    { entries: [{ ...entry, position: 0.5 }], manifest_version: 1 },
    { entries: [{ ...entry, commitment: `0x${"00".repeat(32)}` }], manifest_version: 1 },
    { entries: [{ ...entry, commitment: "0xab" }], manifest_version: 1 },
    { entries: [{ ...entry, cid: "b" }], manifest_version: 1 },
    { entries: [{ ...entry, cid: 5 }], manifest_version: 1 },
    { entries: [{ ...entry, more: 1 }], manifest_version: 1 },
    { entries: [1], manifest_version: 1 },
    { entries: [entry], manifest_version: 2 },
    { manifest_version: 1 },
    [],
  ];
  for (const fields of rows) assert.throws(() => read(fields), named("ManifestInvalid"));
  const fields = { entries: [entry], manifest_version: 1 };
  assert.throws(() => read(fields, (json) => `${json} `), named("ManifestInvalid"));
  assert.throws(() => read(fields, (json) => json.slice(1)), named("ManifestInvalid"));
  const block = bytesOfText(canonicalJson(fields));
  assert.throws(() => readManifest(block, sha256(sha256(block))), named("ManifestInvalid"));
});

/** Reads lines of seed, tab and canonical JSON, and writes the commitment of each. */

import { text } from "node:stream/consumers";

import { bytesOfText, hexOf } from "../src/document/bytes.ts";
import { readCanonical } from "../src/document/canonical.ts";
import { commitFields } from "../src/document/proof.ts";
import { hex } from "./vectors.ts";

const lines = (await text(process.stdin)).split("\n").filter((line) => line !== "");
for (const line of lines) {
  const [seed = "", content = ""] = line.split("\t");
  const { root } = await commitFields(readCanonical(bytesOfText(content)), hex(seed));
  process.stdout.write(`${hexOf(root)}\n`);
}

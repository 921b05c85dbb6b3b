// Builds the contracts and runs their Solidity tests. The compiler's version and settings are those
// of contracts/compiler.json, which scripts/compile.py reads too. Tests deploy by name, so they run the
// very code that is deployed, and are themselves compiled plainly, in a fifth of the time.
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { defineConfig } from "hardhat/config";

const below = (path) => fileURLToPath(new URL(path, import.meta.url));
const { version, settings } = JSON.parse(readFileSync(below("contracts/compiler.json"), "utf8"));
const compiler = { version, path: below("node_modules/solc/soljson.js"), preferWasm: true };
const deployed = { ...compiler, settings };
const plain = { ...compiler, settings: { ...settings, viaIR: false, optimizer: { enabled: false } } };
const contracts = globSync("contracts/**/*.sol", { cwd: below(".") }).filter(
  (path) => !path.startsWith("contracts/test-support/"),
);
const deep = process.env.DEEP === "1";

export default defineConfig({
  solidity: {
    compilers: [plain],
    overrides: Object.fromEntries(contracts.map((path) => [path, deployed])),
  },
  paths: {
    sources: "contracts",
    tests: { solidity: "tests/contracts" },
    cache: "build/hardhat/cache",
    artifacts: "build/hardhat/artifacts",
  },
  test: {
    solidity: {
      fuzz: { seed: "0x636f6e7369676e", runs: deep ? 10_000 : 256 },
      invariant: { runs: deep ? 256 : 32, depth: deep ? 128 : 64, failOnRevert: false },
      fsPermissions: { readDirectory: ["contracts/spec"] },
    },
  },
});

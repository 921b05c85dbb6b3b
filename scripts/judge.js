// Judges mutants of the contracts: compiles what a mutant changes and runs the Solidity tests against
// it until one fails.
//
// A compiler and a test runner that stay in memory make this a matter of a second or two, where
// Hardhat's command takes minutes. A question is a line of JSON on standard input, {"file",
// "content"}; its answer is a line on standard output, {"verdict", "by", "code", "compile_s",
// "test_s"}, where "code" is what a survivor would be deployed as. The first line, unasked, says
// which sources each contract is made of.
import { existsSync, globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename } from "node:path";
import { createInterface } from "node:readline";

import config from "../hardhat.config.js";

const require = createRequire(import.meta.url);
const solc = require("solc/wrapper")(require("solc/soljson.js"));
const edr = createRequire(require.resolve("hardhat"))("@nomicfoundation/edr");

const { version, settings } = JSON.parse(readFileSync("contracts/compiler.json", "utf8"));
const REMAPPINGS = readFileSync("remappings.txt", "utf8").split("\n").filter(Boolean);
const OUTPUTS = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"];
// The old code generator without optimizer is twenty times as quick. What it cannot hold on the
// stack the new one compiles, without optimizer too.
const CHEAP = [
  { ...settings, viaIR: false, optimizer: { enabled: false } },
  { ...settings, optimizer: { enabled: false } },
];
// What Hardhat runs tests on, unless told otherwise.
const HARDFORK = "osaka";
const GONE = { bytecode: "0xfe", deployedBytecode: "0xfe" };

const ROOTS = globSync("contracts/*.sol").sort();
// Gas is another here than on optimized code, and a ceiling of gas says nothing about what is done.
const TESTS = globSync("tests/contracts/**/*.t.sol").filter((path) => !basename(path).includes("Gas"));
const DOUBLES = globSync("{contracts/{mocks,local},tests/contracts/{fixtures,handlers}}/*.sol");

const nameOf = (path) => basename(path).replace(/(\.t)?\.sol$/, "");
const keyOf = ({ source, name }) => `${source}:${name}`;
const secondsSince = (start) => Math.round(performance.now() - start) / 1000;
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

/** Compile some files with the first settings that suffice, one file perhaps with other content. */
function compile(targets, change = {}, choices = CHEAP) {
  for (const options of choices) {
    const { contracts, errors = [], sources } = ask(targets, change, options);
    const faults = errors.filter(({ severity }) => severity === "error").map((e) => e.formattedMessage);
    if (faults.length === 0) return { artifacts: artifactsOf(contracts), sources: Object.keys(sources) };
    if (options === choices.at(-1) || !faults.every((fault) => fault.includes("Stack too deep"))) return { faults };
  }
}

function ask(targets, change, options) {
  const read = (path) => {
    if (path === change.file) return { contents: change.content };
    const place = [path, `node_modules/${path}`].find(existsSync);
    return place ? { contents: readFileSync(place, "utf8") } : { error: "no such file" };
  };
  const question = {
    language: "Solidity",
    sources: Object.fromEntries(targets.map((path) => [path, { content: read(path).contents }])),
    settings: {
      ...options,
      remappings: REMAPPINGS,
      outputSelection: Object.fromEntries(targets.map((path) => [path, { "*": OUTPUTS }])),
    },
  };
  return JSON.parse(solc.compile(JSON.stringify(question), { import: read }));
}

/** Put what was compiled into the test runner's form, by place and name. */
function artifactsOf(contracts) {
  const artifacts = new Map();
  for (const [source, byName] of Object.entries(contracts)) {
    for (const [name, { abi, evm }] of Object.entries(byName)) {
      const id = { name, source, solcVersion: version };
      const contract = {
        abi: JSON.stringify(abi),
        bytecode: `0x${evm.bytecode.object}`,
        linkReferences: {},
        deployedBytecode: `0x${evm.deployedBytecode.object}`,
        deployedLinkReferences: {},
      };
      artifacts.set(keyOf(id), { id, contract });
    }
  }
  return artifacts;
}

/** Run one suite; give the name of its first failure, if any. */
function run(suite, artifacts, effort = {}) {
  return new Promise((resolve, reject) => {
    const heed = ({ testResults }) => {
      const failure = testResults.find(({ status }) => status === edr.TestStatus.Failure);
      resolve(testResults.length === 0 ? "no test at all" : failure?.name);
    };
    context
      .runSolidityTests(edr.L1_CHAIN_TYPE, [...artifacts.values()], [suite], { ...RUNNER, ...effort }, { buildInfos: [] }, heed)
      .catch(reject);
  });
}

/** Compile and run everything unchanged, and find out which suites heed which contract. */
async function prepare() {
  const tests = compile([...TESTS, ...DOUBLES]);
  if (tests.faults) throw new Error(tests.faults.join("\n"));
  const roots = ROOTS.map((path) => ({ path, ...compile([path]) }));
  const faulty = roots.find(({ faults }) => faults);
  if (faulty) throw new Error(faulty.faults.join("\n"));
  const artifacts = new Map([tests, ...roots].flatMap((compiled) => [...compiled.artifacts]));
  const suites = [];
  for (const { id, contract } of tests.artifacts.values()) {
    const isSuite = id.source.endsWith(".t.sol") && /"name":"(test|invariant)/.test(contract.abi);
    if (!isSuite || contract.bytecode === "0x") continue;
    const start = performance.now();
    const failed = await run(id, artifacts);
    if (failed) throw new Error(`${id.name} fails on the contracts as they are: ${failed}`);
    suites.push({ id, cost: performance.now() - start });
  }
  suites.sort((one, other) => one.cost - other.cost);
  for (const root of roots) {
    const without = new Map(artifacts);
    for (const [key, { id, contract }] of root.artifacts) without.set(key, { id, contract: { ...contract, ...GONE } });
    root.suites = [];
    for (const { id } of suites) if (await run(id, without, LITTLE)) root.suites.push(id);
    if (root.suites.length === 0) throw new Error(`no test needs ${root.path}`);
  }
  return { artifacts, roots, suites };
}

/** Judge one mutant; contracts that it leaves as they are need no test. */
async function judge(change, { artifacts, roots, suites }) {
  const spent = { compile_s: 0, test_s: 0 };
  const changed = [];
  // The tests of a library hold its code in themselves.
  const own = TESTS.filter((path) => nameOf(path) === nameOf(change.file) && change.file.includes("/lib/"));
  const targets = [
    ...own.map((path) => ({ path, suites: suites.map(({ id }) => id).filter(({ source }) => source === path) })),
    ...roots.filter(({ sources }) => sources.includes(change.file)),
  ];
  for (const { path, suites: heeding } of targets) {
    let start = performance.now();
    const compiled = compile([path], change);
    spent.compile_s += secondsSince(start);
    if (compiled.faults) return { verdict: "invalid", ...spent };
    const isSame = ([key, { contract }]) => contract.bytecode === artifacts.get(key).contract.bytecode;
    if ([...compiled.artifacts].every(isSame)) continue;
    changed.push(path);
    start = performance.now();
    const mutated = new Map([...artifacts, ...compiled.artifacts]);
    for (const suite of heeding) {
      const failed = await run(suite, mutated);
      if (!failed) continue;
      spent.test_s += secondsSince(start);
      return { verdict: "killed", by: `${suite.name}.${failed}`, ...spent };
    }
    spent.test_s += secondsSince(start);
  }
  const start = performance.now();
  const code = Object.assign({}, ...changed.map((path) => deployable(path, change)));
  spent.compile_s += secondsSince(start);
  return Object.keys(code).length === 0 ? { verdict: "equivalent", ...spent } : { verdict: "survived", code, ...spent };
}

/** Compile a contract as for deployment; nothing if the optimizer makes the same of it without the change. */
function deployable(path, change) {
  if (!optimized.has(path)) optimized.set(path, compile([path], {}, [settings]));
  const compiled = compile([path], change, [settings]);
  if (compiled.faults) throw new Error(compiled.faults.join("\n"));
  const code = {};
  for (const [key, { id, contract }] of compiled.artifacts) {
    const { bytecode, deployedBytecode } = contract;
    if (bytecode !== optimized.get(path).artifacts.get(key).contract.bytecode) code[id.name] = { bytecode, deployedBytecode };
  }
  return code;
}

const optimized = new Map();
const context = new edr.EdrContext();
await context.registerSolidityTestRunnerFactory(edr.L1_CHAIN_TYPE, edr.l1SolidityTestRunnerFactory());
const RUNNER = {
  ...config.test.solidity,
  fsPermissions: config.test.solidity.fsPermissions.readDirectory.map((path) => ({
    access: edr.FsAccessPermission.ReadDirectory,
    path,
  })),
  projectRoot: process.cwd(),
  hardfork: HARDFORK,
  localPredeploys: edr.l1GenesisState(edr.l1HardforkFromString(HARDFORK)),
  // An endless loop ends here.
  gasLimit: 2n ** 30n,
  disableBlockGasLimit: true,
  disableTransactionGasCap: true,
  collectStackTraces: edr.CollectStackTraces.OnFailure,
  testSourcePaths: {},
};
const LITTLE = {
  fuzz: { ...RUNNER.fuzz, runs: 1 },
  invariant: { ...RUNNER.invariant, runs: 1, depth: 1 },
};

const prepared = await prepare();
say({ sources: Object.fromEntries(prepared.roots.map(({ path, sources }) => [path, sources])) });
for await (const line of createInterface({ input: process.stdin })) say(await judge(JSON.parse(line), prepared));

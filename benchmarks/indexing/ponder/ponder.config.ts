import { createConfig } from "ponder";
import { abi } from "./abi";

export default createConfig({
  database: { kind: "pglite", directory: process.env.PEER_DATABASE },
  chains: {
    local: {
      id: Number(process.env.PEER_CHAIN_ID),
      rpc: process.env.PEER_RPC,
      disableCache: true,
    },
  },
  contracts: {
    OrderLedger: {
      abi,
      chain: "local",
      address: process.env.PEER_LEDGER as `0x${string}`,
      startBlock: Number(process.env.PEER_BLOCK),
    },
  },
});

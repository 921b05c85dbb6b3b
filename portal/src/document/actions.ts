/**
 * Actions of a batch, packed as `contracts/interfaces/IOrderLedger.sol` draws it.
 *
 * Does what `ledger/action.py` does to read them.
 */

import { Reader } from "./bytes.ts";
import { DocumentError } from "./errors.ts";

/** One action; its place among the batch's actions is its position. */
export interface Action {
  readonly agreement: bigint;
  /** Number of the action in the lifecycle table. */
  readonly action: number;
  /** Order or delivery, as the action says. */
  readonly number: number;
  /** The order that an opened delivery belongs to; zero otherwise. */
  readonly order: number;
}

/** Actions that open a delivery, whose numbers are followed by those of their orders. */
export const OPENING: ReadonlySet<number> = new Set([32, 34]);

const RUN = 0x80;
const COUNT_MAX = 2048;
const NUMBERS = 2 ** 32;

/** Read a stream of actions. */
export function readActions(stream: Uint8Array): Action[] {
  const reader = new Reader(stream, malformed);
  const actions: Action[] = [];
  let agreement = 0n;
  while (reader.at < stream.length) {
    const kind = reader.number(1);
    if (kind === 0) {
      agreement = (BigInt(reader.number(4)) << 32n) | BigInt(reader.number(4));
    } else {
      actions.push(...readRecord(reader, agreement, kind));
    }
  }
  return actions;
}

function readRecord(reader: Reader, agreement: bigint, kind: number): Action[] {
  const action = kind % RUN;
  const count = reader.number(2);
  if (count === 0 || count > COUNT_MAX) throw malformed();
  const read = (): Action => {
    const number = reader.number(4);
    return { agreement, action, number, order: OPENING.has(action) ? reader.number(4) : 0 };
  };
  if (kind < RUN) return Array.from({ length: count }, read);
  const { number, order } = read();
  if (Math.max(number, order) + count > NUMBERS) throw malformed();
  return Array.from({ length: count }, (_, index) => ({
    agreement,
    action,
    number: number + index,
    order: OPENING.has(action) ? order + index : 0,
  }));
}

function malformed(): DocumentError {
  return new DocumentError("ProofMalformed", "The actions of the batch cannot be read.");
}

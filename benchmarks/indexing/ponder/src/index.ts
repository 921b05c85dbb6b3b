import { ponder } from "ponder:registry";
import { agreement, delivery, fact, order } from "ponder:schema";
import { hexToBytes } from "viem";

const RUN = 0x80;
const DELIVERIES = 32;
const OPENING = new Set([32, 34]);

type Sweep = { agreement: bigint; action: number; numbers: number[]; orders: number[] };

/** Reads the records of a batch, as IOrderLedger draws them. */
function readSweeps(data: Uint8Array): Sweep[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const sweeps: Sweep[] = [];
  let inAgreement = 0n;
  let offset = 0;
  while (offset < data.length) {
    const head = view.getUint8(offset);
    if (head === 0) {
      inAgreement = view.getBigUint64(offset + 1);
      offset += 9;
      continue;
    }
    const action = head & ~RUN;
    const count = view.getUint16(offset + 1);
    const opens = OPENING.has(action);
    const numbers: number[] = [];
    const orders: number[] = [];
    offset += 3;
    for (let i = 0; i < (head & RUN ? 1 : count); i++) {
      numbers.push(view.getUint32(offset));
      if (opens) orders.push(view.getUint32(offset + 4));
      offset += opens ? 8 : 4;
    }
    for (let i = 1; head & RUN && i < count; i++) {
      numbers.push(numbers[0]! + i);
      if (opens) orders.push(orders[0]! + i);
    }
    sweeps.push({ agreement: inAgreement, action, numbers, orders });
  }
  return sweeps;
}

ponder.on("OrderLedger:AgreementProposed", async ({ event, context }) => {
  const [buyer, seller] = event.args.seats;
  await context.db.insert(agreement).values({ number: event.args.agreement, buyer, seller });
});

ponder.on("OrderLedger:BatchRecorded", async ({ event, context }) => {
  const block = Number(event.block.number);
  const log = event.log.logIndex;
  const { organisation } = event.args;
  const facts: (typeof fact.$inferInsert)[] = [];
  for (const sweep of readSweeps(hexToBytes(event.args.actions))) {
    const isOrder = sweep.action < DELIVERIES;
    const stands = {
      action: sweep.action,
      changedAt: event.block.timestamp,
      changedBlock: block,
      changedLog: log,
    };
    const parties = await context.db.find(agreement, { number: sweep.agreement });
    if (isOrder) {
      const rows = sweep.numbers.map((number) => ({
        agreement: sweep.agreement,
        number: BigInt(number),
        buyer: parties!.buyer,
        seller: parties!.seller,
        ...stands,
      }));
      await context.db.insert(order).values(rows).onConflictDoUpdate(stands);
    } else {
      const rows = sweep.numbers.map((number, i) => ({
        agreement: sweep.agreement,
        number: BigInt(number),
        order: sweep.orders.length ? BigInt(sweep.orders[i]!) : null,
        ...stands,
      }));
      await context.db.insert(delivery).values(rows).onConflictDoUpdate(stands);
    }
    sweep.numbers.forEach((number, i) => {
      const of = isOrder ? number : sweep.orders[i];
      facts.push({
        block,
        log,
        position: facts.length,
        organisation,
        agreement: sweep.agreement,
        number: BigInt(number),
        order: of === undefined ? null : BigInt(of),
        action: sweep.action,
      });
    });
  }
  await context.db.insert(fact).values(facts);
});

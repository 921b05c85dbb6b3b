import { index, onchainTable, primaryKey } from "ponder";

export const agreement = onchainTable("agreement", (t) => ({
  number: t.bigint().primaryKey(),
  buyer: t.integer().notNull(),
  seller: t.integer().notNull(),
}));

export const fact = onchainTable(
  "fact",
  (t) => ({
    block: t.integer().notNull(),
    log: t.integer().notNull(),
    position: t.integer().notNull(),
    organisation: t.integer().notNull(),
    agreement: t.bigint().notNull(),
    number: t.bigint().notNull(),
    order: t.bigint(),
    action: t.integer().notNull(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.block, table.log, table.position] }),
    byOrder: index().on(table.agreement, table.order),
  }),
);

const thing = (t: any) => ({
  agreement: t.bigint().notNull(),
  number: t.bigint().notNull(),
  action: t.integer().notNull(),
  changedAt: t.bigint().notNull(),
  changedBlock: t.integer().notNull(),
  changedLog: t.integer().notNull(),
});

export const order = onchainTable(
  "order",
  (t) => ({ ...thing(t), buyer: t.integer().notNull(), seller: t.integer().notNull() }),
  (table) => ({
    pk: primaryKey({ columns: [table.agreement, table.number] }),
    byBuyer: index().on(table.buyer, table.changedBlock),
    bySeller: index().on(table.seller, table.changedBlock),
  }),
);

export const delivery = onchainTable(
  "delivery",
  (t) => ({ ...thing(t), order: t.bigint() }),
  (table) => ({ pk: primaryKey({ columns: [table.agreement, table.number] }) }),
);

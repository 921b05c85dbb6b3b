import { Hono } from "hono";
import { count } from "ponder";
import { db } from "ponder:api";
import { fact } from "ponder:schema";

const app = new Hono();

app.get("/facts", async (c) => {
  const [row] = await db.select({ facts: count() }).from(fact);
  return c.json(row);
});

export default app;

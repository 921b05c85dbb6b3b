/** Checking and opening documents with nothing but a browser. */

export { type SealedBlock, readBlock } from "./block.ts";
export { type Fields, type Json, readCanonical } from "./canonical.ts";
export type { Action } from "./actions.ts";
export { cidOf, digestOf } from "./cid.ts";
export type { PrivateKeys } from "./content-key.ts";
export {
  type Claims,
  type Expected,
  type OpenedDocument,
  openEnvelope,
  openWithKey,
} from "./envelope.ts";
export { DocumentError, type ErrorName } from "./errors.ts";
export type { Binding, Header } from "./header.ts";
export type { AttachedFile } from "./payload.ts";
export {
  documentsRoot,
  type InclusionProof,
  type ManifestEntry,
  readManifest,
  verifyInclusion,
} from "./manifest.ts";
export { type Recorded, verifyRecorded } from "./recorded.ts";
export { type Commitment, commitFields, type FieldProof, readProof, verifyProof } from "./proof.ts";
export { openRewrap, type RewrapExpected } from "./rewrap.ts";

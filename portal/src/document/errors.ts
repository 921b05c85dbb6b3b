/**
 * Named errors of documents, their proofs and their sealed blocks.
 *
 * The names are those of `ledger/document/errors.py`, where each is explained; a test holds them
 * equal. Messages and contexts carry paths, names and sizes, never the values of a document.
 */

export const ERROR_NAMES = [
  "CidInvalid",
  "CommitmentMismatch",
  "ContentNotCanonical",
  "ContentTampered",
  "ContextMismatch",
  "EnvelopeMalformed",
  "EnvelopeTooLarge",
  "EnvelopeTruncated",
  "EnvelopeVersionUnknown",
  "EpochStale",
  "FieldEmpty",
  "FieldNameInvalid",
  "FieldUnknown",
  "KeyCommitmentMismatch",
  "KeyUnwrapFailed",
  "LeafDuplicate",
  "LeavesTooMany",
  "ManifestInvalid",
  "NestingTooDeep",
  "NumberInexact",
  "ProofMalformed",
  "ProofMismatch",
  "RecipientAbsent",
  "SenderUnexpected",
  "SignatureInvalid",
  "TextTooLarge",
  "UnicodeInvalid",
] as const;

export type ErrorName = (typeof ERROR_NAMES)[number];

/** Anything wrong with a document, its proof or its sealed block; `name` says what. */
export class DocumentError extends Error {
  override readonly name: ErrorName;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(name: ErrorName, detail: string, context: Record<string, unknown> = {}) {
    super(detail);
    this.name = name;
    this.context = context;
  }
}

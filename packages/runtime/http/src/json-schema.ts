/** Zod's `override`: makes a JSON Schema what a reader of the documents wants to see. */
export function describeForReaders({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  // A format says it all; zod's pattern for it is for machines only.
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  if (jsonSchema.personal === undefined) return;
  // JSON Schema has no such keyword.
  jsonSchema['x-personal'] = jsonSchema.personal;
  delete jsonSchema.personal;
}

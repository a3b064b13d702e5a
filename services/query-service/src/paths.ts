import type { Projection } from '@daybook/core';

/** Where a projection's rows are found: its name in kebab-case, under its context's. */
export function pathOf(context: string, { name }: Projection): string {
  return `/${context}/${name.replaceAll('_', '-')}`;
}

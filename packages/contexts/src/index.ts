import type { BoundedContext } from '@daybook/core';
import { loans } from '@daybook/loans';

/** Every bounded context that the services serve. A new one is added here, and nowhere else. */
export const contexts: readonly BoundedContext[] = [loans];

import { accounts } from '@daybook/accounts';
import type { BoundedContext } from '@daybook/core';
import { loans } from '@daybook/loans';
import { meetups } from '@daybook/meetups';

/** The contexts that the documentation is about, whatever else the app of this repository serves. */
export const exampleContexts: readonly BoundedContext[] = [loans, meetups, accounts];

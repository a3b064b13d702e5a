import { accounts } from '@daybook/accounts';
import type { BoundedContext } from '@daybook/core';
import { loans } from '@daybook/loans';
import { meetups } from '@daybook/meetups';

/** Every bounded context that the services serve. A new one is added here, and nowhere else. */
export const contexts: readonly BoundedContext[] = [loans, meetups, accounts];

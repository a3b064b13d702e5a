import { accounts } from '@daybook/accounts';
import { defineApp } from '@daybook/app';
import { loans } from '@daybook/loans';
import { meetups } from '@daybook/meetups';

/** The examples as one app: what the services of this repository serve. */
export default defineApp({ contexts: [loans, meetups, accounts] });

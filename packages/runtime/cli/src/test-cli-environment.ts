import { accounts } from '@daybook/accounts';
import { defineApp } from '@daybook/app';
import { loans } from '@daybook/loans';
import { meetups } from '@daybook/meetups';

const app = defineApp({ contexts: [loans, meetups, accounts] });

/** The example app; nobody looks at the progress, and nobody interrupts. */
export const quiet = {
  cwd: process.cwd(),
  loadApp: async () => app,
  showProgress: () => {},
  interrupted: () => new Promise<void>(() => {}),
};

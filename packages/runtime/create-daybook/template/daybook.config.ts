import { defineApp } from '@daybook/app';
import { library } from './src/library/index.ts';

export default defineApp({ contexts: [library] });

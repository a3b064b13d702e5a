import { loansSuite } from './loans-suite.ts';

loansSuite();

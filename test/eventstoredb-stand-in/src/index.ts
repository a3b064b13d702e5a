export type { HeldAnswers, NotHandled } from './faults/faults.ts';
export type { Fault, Matching } from './faults/rule.ts';
export type { CommandName } from './protocol/commands.ts';
export { type Faults, type StandIn, type StandInOptions, startEventStoreDbStandIn } from './stand-in.ts';
export { type StandInProcess, startStandInProcess } from './stand-in-process.ts';

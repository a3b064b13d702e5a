export { createApi } from './api.ts';
export { describeForReaders } from './json-schema.ts';
export { type Listening, listen } from './listen.ts';
export { hidden } from './open-api.ts';
export { type Preference, preferencesOf, waitOf } from './prefer.ts';
export { Problem, problem, problemResponses, sendProblem } from './problem.ts';
export { AcceptedReply, RecordedReply, RejectedReply, UnhandledReply } from './reply-schema.ts';
export { answerTooMany, type Wait, Waits } from './waits.ts';

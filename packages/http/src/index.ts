export { createApi } from './api.ts';
export { type Listening, listen } from './listen.ts';
export { hidden } from './open-api.ts';
export { Problem, problem, problemResponses, sendProblem } from './problem.ts';
export { AcceptedReply, RecordedReply, RejectedReply } from './reply-schema.ts';

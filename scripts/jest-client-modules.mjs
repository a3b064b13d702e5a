/**
 * A Jest transform of one file of node-eventstore-client. To have a copy of protobufjs of its own, the client takes it
 * out of require.cache, module by module; from Jest's cache nothing can be taken, so that walk would never end.
 * In tests the client shares protobufjs with the rest.
 */
const code = 'exports.uncache = () => undefined;\nexports.recache = () => undefined;\n';

export default { process: () => ({ code }) };

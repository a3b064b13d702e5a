import { runSeed } from './run.ts';

/** What a line of a trace looks like when this happens. A kind of fault that never happens proves nothing. */
const FAULTS: Readonly<Record<string, RegExp>> = {
  'a request is lost': /: request lost$/,
  'an append is stored, and its writer not told': /appends .*: answer lost$/,
  'an append arrives after its writer gave it up': /appends .*: late$/,
  'a confirm is lost': /publishes .*: answer lost$/,
  'an acknowledgement is lost': /acks .*: request lost$/,
  'a reply is lost': /replies .*: request lost$/,
  'a save is stored, and its writer not told': /saves .*: answer lost$/,
  'a checkpoint is stored, and its owner not told': /finishes .*: answer lost$/,
  'a command-service crashes after an append': /commands-.* appends .*: crash after$/,
  'a process manager crashes before it publishes': /managers-.* publishes .*: crash before$/,
  'a contract expires': /managers-.* publishes RejectContract/,
  'a process manager crashes between sending what is due and marking it':
    /managers-.*( publishes RejectContract .*: crash after| saves expire_\w+: crash before)$/,
  'a projector crashes after it saved': /projector-.* saves .*: crash after$/,
  'a dead process still has an effect': /took effect after the crash$/,
  'a snapshot is taken': /appends SnapshotTaken .*/,
  'an aggregate is loaded from a snapshot': /reads snapshots_.* back/,
  'a command-service crashes after a snapshot': /appends SnapshotTaken .*: crash after$/,
  'a command is parked': / parks /,
  'an event is tried again': / retrying \d+/,
  'an event is parked': / (sets parked|parked \d+)/,
  'an event is held back': / held \d+/,
  'a connection to the broker drops': /connection to the broker drops$/,
  'the event store is away': /event store is away$/,
  'the read store is away': /read store is away$/,
  'the broker is away': /broker is away$/,
  'a consumer joins a group': / gives a partition back/,
  'a service stops in good order': / has stopped$/,
  'three processes of one service': /-3#\d+ starts$/,
};

test('every kind of fault happens', async () => {
  const missing = new Set(Object.keys(FAULTS));
  for (let seed = 1; seed <= 1500 && missing.size > 0; seed++) {
    const { trace } = await runSeed({ seed });
    for (const kind of missing) if (trace.some((line) => FAULTS[kind]?.test(line))) missing.delete(kind);
  }
  expect([...missing]).toEqual([]);
}, 60_000);

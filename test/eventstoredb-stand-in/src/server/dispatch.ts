import { type CommandName, commandName } from '../protocol/commands.ts';
import { decode, encode } from '../protocol/messages.ts';
import type { Login, TcpPackage } from '../protocol/tcp-package.ts';
import type { Connection } from './connection.ts';
import type { Answer, Caller, Operation, Running } from './operation.ts';
import { operations } from './operations.ts';

/** How packages are answered. */
export interface DispatchOptions {
  readonly credentials: Login;
  /** False: packages without a login are served. */
  readonly requireAuthentication: boolean;
}

/** What the protocol itself wants answered, whoever asks. */
const protocolAnswers: { readonly [Name in CommandName]?: CommandName } = {
  HeartbeatRequest: 'HeartbeatResponse',
  Ping: 'Pong',
  IdentifyClient: 'ClientIdentified',
};

/** Answers one package. */
export function dispatch(
  running: Running,
  options: DispatchOptions,
  connection: Connection,
  { command: byte, correlationId, login, data }: TcpPackage,
): void {
  const { faults } = running;
  if (faults.muted()) return;
  const command = commandName(byte);
  if (command === 'HeartbeatResponse') return;
  const reply = (name: CommandName, text = '') => connection.send(name, correlationId, Buffer.from(text));
  const atOnce = command && protocolAnswers[command];
  const operation = command && operations[command];

  if (atOnce) reply(atOnce);
  else if (command === 'Authenticate') {
    if (faults.losesAuthenticate()) return;
    connection.login = login;
    reply(access(login, options) === 'granted' ? 'Authenticated' : 'NotAuthenticated');
  } else if (!operation) reply('BadRequest', `command ${byte} is not served`);
  else {
    const given = access(login ?? connection.login, options);
    if (given === 'refused') reply('NotAuthenticated', 'Not Authenticated');
    else if (given === 'granted') void serve(running, operation, command, data, { connection, correlationId });
    else if (operation.denied) connection.send(operation.denied.command, correlationId, operation.denied.data);
  }
}

/** `denied` is for who did not say who it is, `refused` for who said it wrongly. */
function access(login: Login | undefined, options: DispatchOptions): 'granted' | 'refused' | 'denied' {
  if (!login) return options.requireAuthentication ? 'denied' : 'granted';
  const { credentials } = options;
  return login.login === credentials.login && login.password === credentials.password ? 'granted' : 'refused';
}

async function serve(
  running: Running,
  operation: Operation,
  command: CommandName,
  data: Buffer,
  caller: Caller,
): Promise<void> {
  const { faults } = running;
  const { connection, correlationId } = caller;
  const reply = (answer: Answer) => connection.send(answer.command, correlationId, answer.data);
  try {
    const request = decode(operation.message, data);
    const stream = 'eventStreamId' in request ? request.eventStreamId : '';
    // Acknowledgements have no answer: a refusal would end the client's subscription.
    const reason = operation.denied && faults.notHandled(command, stream);
    if (reason !== undefined) {
      reply({ command: 'NotHandled', data: encode('NotHandled', { reason }) });
      return;
    }
    if (faults.dropsBefore(command, stream)) {
      connection.drop();
      return;
    }
    const answer = await operation.handle(running, request, caller);
    if (faults.dropsAfter(command, stream)) connection.drop();
    if (!answer) return;
    await faults.held(command, stream);
    if (faults.muted()) return;
    reply(answer);
    answer.afterwards?.();
  } catch (error) {
    reply({ command: 'BadRequest', data: Buffer.from(String(error)) });
  }
}

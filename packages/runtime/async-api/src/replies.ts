import { AcceptedReply, RejectedReply, UnhandledReply } from '@daybook/http';
import { jsonSchemaOf, type Part, ref } from './json-schema.ts';

const replies = {
  Accepted: { schema: AcceptedReply, summary: 'The command was decided in its favour. Never taken back.' },
  Rejected: { schema: RejectedReply, summary: 'The domain refused the command. Never taken back.' },
  Unhandled: { schema: UnhandledReply, summary: 'The command was not understood, or not handled, and is set aside.' },
};

/** The messages that a command may be answered with. */
export function replyMessages(): Part {
  const messages = Object.entries(replies).map(([name, { schema, summary }]) => [
    name,
    {
      name,
      title: name,
      summary,
      contentType: 'application/json',
      headers: ref('components', 'schemas', 'ReplyProperties'),
      correlationId: { location: '$message.header#/correlation_id' },
      payload: jsonSchemaOf(schema),
      bindings: { amqp: { messageType: 'reply', bindingVersion: '0.3.0' } },
    },
  ]);
  return Object.fromEntries(messages) as Part;
}

/** The queue of whoever asked: known only from the command, so that it has no address. */
export function replyChannel(): Part {
  return {
    description: 'The queue that `reply_to` names; `amq.rabbitmq.reply-to` needs none.',
    servers: [ref('servers', 'rabbitmq')],
    messages: Object.fromEntries(Object.keys(replies).map((name) => [name, ref('components', 'messages', name)])),
  };
}

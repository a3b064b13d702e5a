/** The command bytes of the TCP protocol that the stand-in knows. */
export const Command = {
  HeartbeatRequest: 0x01,
  HeartbeatResponse: 0x02,
  Ping: 0x03,
  Pong: 0x04,
  WriteEvents: 0x82,
  WriteEventsCompleted: 0x83,
  DeleteStream: 0x8a,
  DeleteStreamCompleted: 0x8b,
  ReadEvent: 0xb0,
  ReadEventCompleted: 0xb1,
  ReadStreamEventsForward: 0xb2,
  ReadStreamEventsForwardCompleted: 0xb3,
  ReadStreamEventsBackward: 0xb4,
  ReadStreamEventsBackwardCompleted: 0xb5,
  SubscribeToStream: 0xc0,
  SubscriptionConfirmation: 0xc1,
  StreamEventAppeared: 0xc2,
  UnsubscribeFromStream: 0xc3,
  SubscriptionDropped: 0xc4,
  ConnectToPersistentSubscription: 0xc5,
  PersistentSubscriptionConfirmation: 0xc6,
  PersistentSubscriptionStreamEventAppeared: 0xc7,
  CreatePersistentSubscription: 0xc8,
  CreatePersistentSubscriptionCompleted: 0xc9,
  DeletePersistentSubscription: 0xca,
  DeletePersistentSubscriptionCompleted: 0xcb,
  PersistentSubscriptionAckEvents: 0xcc,
  PersistentSubscriptionNakEvents: 0xcd,
  UpdatePersistentSubscription: 0xce,
  UpdatePersistentSubscriptionCompleted: 0xcf,
  BadRequest: 0xf0,
  NotHandled: 0xf1,
  Authenticate: 0xf2,
  Authenticated: 0xf3,
  NotAuthenticated: 0xf4,
  IdentifyClient: 0xf5,
  ClientIdentified: 0xf6,
} as const;

/** The name of a command, as in the protocol. */
export type CommandName = keyof typeof Command;

const names = new Map<number, CommandName>(Object.entries(Command).map(([name, byte]) => [byte, name as CommandName]));

/** The name of a command byte, or undefined when the stand-in does not know it. */
export function commandName(byte: number): CommandName | undefined {
  return names.get(byte);
}

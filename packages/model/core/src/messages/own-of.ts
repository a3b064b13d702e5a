/**
 * What a table has of its own under a name that is only known when the program runs. `table[name]` would find what every
 * object inherits where somebody outside says `constructor` or `toString`.
 */
export function ownOf<Value>(table: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  // eslint-disable-next-line daybook/no-inherited-lookup -- here it is looked at first
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

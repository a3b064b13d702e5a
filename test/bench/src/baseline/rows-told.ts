import pg from 'pg';

/** Where rows that were written are told of. */
export const ROWS = 'floor_rows';

/** Postgres takes payloads of less than 8,000 bytes. */
const IDS_A_PAYLOAD = 800;
/** Letters of an id that are told: 32 bits, as the system tells. */
const LETTERS = 8;

/** What to tell of the rows with these ids. */
export function payloadsOf(ids: readonly string[]): string[] {
  const told = ids.map((id) => id.slice(0, LETTERS));
  return Array.from({ length: Math.ceil(told.length / IDS_A_PAYLOAD) }, (_, n) =>
    told.slice(n * IDS_A_PAYLOAD, (n + 1) * IDS_A_PAYLOAD).join(' '),
  );
}

/** Calls back for each of these rows when it is told of first. @returns ends it */
export async function watchBaselineRows(
  url: string,
  ids: readonly string[],
  onVisible: (id: string) => void,
): Promise<() => Promise<void>> {
  const wanted = new Map(ids.map((id) => [id.slice(0, LETTERS), id]));
  const listener = new pg.Client({ connectionString: url });
  listener.on('notification', ({ payload = '' }) => {
    for (const told of payload.split(' ')) {
      const id = wanted.get(told);
      if (wanted.delete(told)) onVisible(id as string);
    }
  });
  await listener.connect();
  await listener.query(`listen ${ROWS}`);
  return () => listener.end();
}

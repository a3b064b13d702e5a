import { GUARDS } from './guards.ts';
import { mutantWithout } from './mutate.ts';
import { runSeed } from './run.ts';

test.each(GUARDS)(
  'without the %s an invariant breaks',
  async (guard) => {
    const { noticed } = await mutantWithout(guard, 1, 5000);
    expect(noticed).toBeDefined();
    if (noticed === undefined) return;
    const { options, result } = noticed;
    const again = await runSeed(options);
    expect(again.violation?.message).toBe(result.violation?.message);
    expect((await runSeed({ ...options, without: undefined })).violation).toBeUndefined();
  },
  60_000,
);

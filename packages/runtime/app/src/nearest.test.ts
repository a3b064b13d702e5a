import { nearest } from './nearest.ts';

const services = ['projector', 'query-service', 'command-service'];

test.each([
  ['projectr', "; did you mean 'projector'?"],
  ['querry-service', "; did you mean 'query-service'?"],
  ['mail', '; there are projector, query-service, command-service'],
])('%s', (text, said) => expect(nearest(text, services)).toBe(said));

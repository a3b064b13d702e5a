import { faultsSuite } from './faults-suite.ts';

faultsSuite(['postgres', 'rabbitmq']);

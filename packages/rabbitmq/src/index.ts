export { connectRabbitmq, type RabbitmqOptions } from './connect-rabbitmq.ts';

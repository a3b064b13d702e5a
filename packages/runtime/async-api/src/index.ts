export { type AsyncApi, asyncApi } from './async-api.ts';

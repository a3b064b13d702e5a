export * from './app.ts';
export * from './define-app.ts';
export { InvalidApp } from './invalid-app.ts';
export * from './load-app.ts';
export { nearest } from './nearest.ts';
export * from './routes.ts';

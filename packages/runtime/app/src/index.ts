export * from './app.ts';
export * from './define-app.ts';
export { InvalidApp } from './invalid-app.ts';
export * from './load-app.ts';
export * from './routes.ts';

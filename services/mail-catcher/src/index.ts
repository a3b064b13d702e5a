export * from './mail-catcher.ts';
export { type MailCatcherServiceOptions, startMailCatcherService } from './mail-catcher-service.ts';
export { MailCatcherSettings } from './settings.ts';

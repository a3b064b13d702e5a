export { type CaughtMail, type MailCatcher, startMailCatcher } from './mail-catcher.ts';

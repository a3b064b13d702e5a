export { connectSmtp, type SmtpOptions } from './connect-smtp.ts';

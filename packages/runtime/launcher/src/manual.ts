import type { SupervisedService } from './supervisor.ts';
import type { RunningSystem } from './system.ts';

function amqpHelp(rabbitmqUrl: string): string {
  return `
Any AMQP client can send a command:
  broker        ${rabbitmqUrl}
  exchange      commands
  routing key   loans.RequestLoan
  properties    type: RequestLoan
                message_id: any text, the command's identity: sent again, it gets the same answer
                reply_to and correlation_id, if a reply is wanted
  body          {"loan_application_uuid":"<uuid>","amount":1000,"duration":6}
`;
}

function health(services: readonly SupervisedService[]): string {
  return services.map(({ name, readyUrl }) => `${name.padEnd(16)} ${readyUrl}`).join('\n                   ');
}

/** What someone who has just started the system needs to use it. */
export function manual(system: RunningSystem): string {
  const { gatewayUrl, queryUrl, mailsUrl, rabbitmqUrl, eventStoreUrl, readStoreUrl, logFolder, services } = system;
  const id = '0b7f2f6e-6f0e-4c55-9a0f-1f6f5d0f3a11';
  const readStore = readStoreUrl === eventStoreUrl ? '' : `\n  Read store       ${readStoreUrl}`;
  return `
The system is up.
  Command gateway  ${gatewayUrl}   (OpenAPI: ${gatewayUrl}/openapi.json)
  Query API        ${queryUrl}   (OpenAPI: ${queryUrl}/openapi.json)
  Mails            ${mailsUrl === undefined ? 'sent by the mail server of SMTP_URL' : `${mailsUrl}   (the last 1,000)`}
  RabbitMQ         ${rabbitmqUrl ?? 'none: embedded mode'}
  Database         ${eventStoreUrl}${readStore}
  Logs             ${logFolder}
  Health           ${health(services)}

Request a loan, and look at it:
  curl -X POST ${gatewayUrl}/commands/loans/RequestLoan -H 'content-type: application/json' \\
    -d '{"loan_application_uuid":"${id}","amount":1000,"duration":6}'
  curl ${queryUrl}/loans/loan-applications/${id}
${rabbitmqUrl ? amqpHelp(rabbitmqUrl) : ''}
Ctrl-C stops everything that was started here.`;
}

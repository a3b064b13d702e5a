import { CommandGatewaySettings } from '@daybook/command-gateway';
import { CommandServiceSettings } from '@daybook/command-service';
import type { BoundedContext } from '@daybook/core';
import { EventHandlerSettings } from '@daybook/event-handler';
import { MigrateSettings } from '@daybook/migrate';
import { processManagerSettings } from '@daybook/process-manager';
import { ProjectorSettings } from '@daybook/projector';
import { QueryServiceSettings } from '@daybook/query-service';
import type { z } from 'zod';

/** What each service of an app reads from the environment. */
export function serviceSettings(contexts: readonly BoundedContext[]): Readonly<Record<string, z.ZodObject>> {
  return {
    'command-gateway': CommandGatewaySettings,
    'command-service': CommandServiceSettings,
    'process-manager': processManagerSettings(contexts),
    projector: ProjectorSettings,
    'event-handler': EventHandlerSettings,
    'query-service': QueryServiceSettings,
    migrate: MigrateSettings,
  };
}

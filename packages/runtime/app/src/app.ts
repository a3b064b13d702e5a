import type { AppConsumer, BoundedContext, CommandMiddleware, EffectCarriers } from '@daybook/core';
import type { GatewayRoutes, QueryRoutes } from './routes.ts';

/** What the services need to know of an application: `daybook.config.ts` exports one. */
export interface App {
  /** Every bounded context that the services serve. */
  readonly contexts: readonly BoundedContext[];
  /** Code of the app's own around every decision of the command-service, the first one outermost. */
  readonly middleware?: readonly CommandMiddleware[];
  /** Routes of the app's own on the command-gateway. */
  readonly gatewayRoutes?: GatewayRoutes;
  /** Routes of the app's own on the query-service. */
  readonly queryRoutes?: QueryRoutes;
  /** Consumers of events that are the app's own, run by the projector: `sqlConsumer({…})`, or `consumer({…})` for any store. */
  readonly consumers?: readonly AppConsumer[];
  /** How the effects that event handlers ask for beside mail are carried out, by their kind. */
  readonly effects?: EffectCarriers;
}

export { buildGateway, type GatewayParts } from './gateway.ts';
export { CommandGatewaySettings } from './settings.ts';

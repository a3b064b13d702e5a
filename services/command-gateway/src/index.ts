export { buildGateway, type GatewayDependencies } from './gateway.ts';
export { CommandGatewaySettings } from './settings.ts';

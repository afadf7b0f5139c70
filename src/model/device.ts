import { Authorization } from './authorization.ts';
import { madeResource } from './resource.ts';
import { OpenStatus, words } from './scalars.ts';
import { field, required, type Static, strict } from './schema.ts';

export const DeviceSpec = strict({
  state: required(words('ACTIVE', 'PENDING', 'REJECTED'), 'Only an active device may be used.'),
  authorization: field(Authorization, 'Policies for every request from this device.'),
});
export type DeviceSpec = Static<typeof DeviceSpec>;

export const Device = madeResource('Device', DeviceSpec, OpenStatus);
export type Device = Static<typeof Device>;

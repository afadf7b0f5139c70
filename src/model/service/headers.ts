import { CelSource } from '../condition.ts';
import { LiquidSource } from '../liquid.ts';
import { Bool, formatted, words } from '../scalars.ts';
import { field, list, required, type Static, strict } from '../schema.ts';

export const AddHeader = strict(
  {
    key: required(formatted('header-name', 256), 'Name of the header.'),
    value: field(formatted('header-value', 8192), 'The value itself.'),
    eval: field(CelSource, 'CEL that gives the value.'),
    liquid: field(LiquidSource, 'Liquid that gives the value.'),
    append: field(Bool, 'Add another field instead of replacing those there.'),
  },
  { 'x-exactly-one': [['value', 'eval', 'liquid']] },
);
export type AddHeader = Static<typeof AddHeader>;

export const HostHeader = strict(
  {
    preserve: field(Bool, 'The host that the client asked for.'),
    value: field(formatted('header-value', 256), 'This host.'),
    eval: field(CelSource, 'CEL that gives the host.'),
    liquid: field(LiquidSource, 'Liquid that gives the host.'),
  },
  { 'x-exactly-one': [['preserve', 'value', 'eval', 'liquid']] },
);
export type HostHeader = Static<typeof HostHeader>;

/** Names are added first, then removed. */
export const HeaderRules = strict({
  addRequestHeaders: field(list(AddHeader, 256), 'Set towards the upstream.'),
  removeRequestHeaders: field(list(formatted('header-name', 256), 256), 'Removed towards the upstream.'),
  addResponseHeaders: field(list(AddHeader, 256), 'Set towards the client.'),
  removeResponseHeaders: field(list(formatted('header-name', 256), 256), 'Removed towards the client.'),
  forwardedMode: field(words('DROP', 'OBFUSCATE', 'TRANSPARENT'), 'Forwarding headers; DROP when left out.'),
  host: field(HostHeader, 'The Host that the upstream sees; that of its URL when left out.'),
  authorizationMode: field(
    words('PASS', 'DELETE'),
    "The client's Authorization; deleted when left out, except on an anonymous Service.",
  ),
});
export type HeaderRules = Static<typeof HeaderRules>;

import { escapeXml } from '../../src/base/xml/element.ts';
import { METADATA, POST_BINDING, PROTOCOL } from './names.ts';

/** What a provider registers us by. */
export interface ServiceProvider {
  readonly entityID: string;
  readonly consumerURL: string;
}

/** Our metadata (saml-metadata 2.4.4): where to post to, and that assertions must be signed. */
export function serviceProviderMetadata({ entityID, consumerURL }: ServiceProvider): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<EntityDescriptor xmlns="${METADATA}" entityID="${escapeXml(entityID)}">
  <SPSSODescriptor protocolSupportEnumeration="${PROTOCOL}" AuthnRequestsSigned="false" WantAssertionsSigned="true">
    <AssertionConsumerService index="0" isDefault="true" Binding="${POST_BINDING}" Location="${escapeXml(consumerURL)}"/>
  </SPSSODescriptor>
</EntityDescriptor>
`;
}

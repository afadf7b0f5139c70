export { HostHeader as HostRewrite } from '../../model/service/headers.ts';

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ClientRequest, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { DOMAIN, GatewayProcess } from '../support/gateway-process.ts';
import { ALLOW_ALL, bearer, service, workload, yaml } from '../support/resources.ts';
import { until } from '../support/until.ts';

/** The answers that are open; the tests write events into them. */
const answers: ServerResponse[] = [];
let gone = 0;
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).flushHeaders();
  response.on('close', () => gone++);
  answers.push(response);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => {
  server.closeAllConnections();
  server.close();
});

const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const gateway = await GatewayProcess.start({
  files: { 'all.yaml': yaml(ALLOW_ALL, workload('robot'), service('news', { config: { upstream: { url } } })) },
});

class Events {
  readonly request: ClientRequest;
  readonly answer: IncomingMessage;
  text = '';
  ended: 'whole' | 'cut off' | null = null;

  constructor(outgoing: ClientRequest, answer: IncomingMessage) {
    this.request = outgoing;
    this.answer = answer;
    answer.setEncoding('utf8').on('data', (text: string) => {
      this.text += text;
    });
    answer.on('end', () => {
      this.ended = 'whole';
    });
    answer.on('error', () => {
      this.ended = 'cut off';
    });
  }

  /** Resolves with the head of the answer. */
  static async listen(token: string): Promise<Events> {
    const headers = { host: `news.${DOMAIN}:${gateway.port}`, accept: 'text/event-stream', ...bearer(token) };
    const outgoing = request({ host: '127.0.0.1', port: gateway.port, headers, agent: false });
    outgoing.on('error', () => {}).end();
    after(() => outgoing.destroy());
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    return new Events(outgoing, answer);
  }
}

const token = await gateway.token('robot');

test('the head comes before the first event, and each event before the next', async () => {
  const events = await Events.listen(token);
  assert.deepEqual([events.answer.statusCode, events.text], [200, '']);
  for (const event of ['data: one\n\n', 'data: two\n\n']) {
    const before = events.text;
    answers.at(-1)!.write(event);
    await until('the event', () => events.text === before + event);
  }
  answers.at(-1)!.end();
  await until('the end', () => events.ended === 'whole');
});

test('a listener that leaves is gone upstream too', async () => {
  const before = gone;
  const events = await Events.listen(token);
  events.request.destroy();
  await until('the end upstream', () => gone > before);
});

test('events that the upstream cuts off never look complete', async () => {
  const events = await Events.listen(token);
  answers.at(-1)!.write('data: one\n\n');
  await until('the event', () => events.text !== '');
  answers.at(-1)!.destroy();
  await until('the end', () => events.ended !== null);
  assert.equal(events.ended, 'cut off');
});

test('the end of a session ends its events, here and upstream, and the log says why', async () => {
  const own = await gateway.token('robot', { name: 'ended' });
  const events = await Events.listen(own);
  const stays = await Events.listen(token);
  const before = gone;
  await gateway.command(['delete', 'credential', 'ended']);
  await until('the end', () => events.ended !== null);
  await until('the end upstream', () => gone > before);
  assert.equal(events.ended, 'cut off');
  await gateway.logged(({ reason, status }) => status === 200 && reason === 'session-unknown');
  answers.at(-1)!.write('data: still here\n\n');
  await until('the event', () => stays.text.includes('still here'));
});

/**
 * An identity provider with the browsers of its people in one process: `node sign-ins-process.ts '{"port":…,"people":…}'`
 * prints its issuer when asked for it, and signs people in at the gateway of that port: `sign-in COUNT AT_ONCE`.
 */
import { createInterface } from 'node:readline';
import { CookieBrowser } from '../../support/cookie-browser.ts';
import { chooseAccount, startTestProvider } from '../../support/oidc-provider.ts';

interface Order {
  readonly port: number;
  /** Names of Users, each with an account. */
  readonly people: readonly string[];
}

const { port, people } = JSON.parse(process.argv[2] ?? '{}') as Order;
const accounts = people.map((name) => ({ sub: name, email: `${name}@example.com`, name }));
const provider = await startTestProvider([`http://localhost:${port}/.ostiary/callback/bench`], { accounts });
let next = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const [what, count, atOnce] = line.split(' ');
  const answer = what === 'issuer' ? provider.issuer : await signIns(Number(count), Number(atOnce));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit(0);

/** Gives the seconds that they took. @throws Error when one does not end at the Service */
async function signIns(count: number, atOnce: number): Promise<number> {
  const begun = performance.now();
  let left = count;
  const one = async () => {
    while (left-- > 0) await signIn(people[next++ % people.length]!);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return (performance.now() - begun) / 1000;
}

async function signIn(name: string): Promise<void> {
  const browser = new CookieBrowser();
  const page = await browser.get(`http://app.localhost:${port}/welcome`);
  const { status, url, body } = await chooseAccount(browser, page, name);
  if (status !== 200 || url.pathname !== '/welcome') throw new Error(`${name} came to ${url} with ${status}:\n${body}`);
}

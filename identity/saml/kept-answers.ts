import type { Clock } from '../../src/base/clock.ts';
import { hashHandle, newHandle } from '../../src/base/ids.ts';
import { SecretValue } from '../../src/base/secret-value.ts';
import type { IdentityProvider } from '../../src/model/index.ts';
import type { Completed } from '../oidc/relying-party.ts';
import type { RecordStore, TextVault } from '../ports.ts';
import { isHandle } from '../sessions/cookies.ts';
import type { SamlStatement } from './assertion.ts';

export interface KeptAnswersDeps {
  readonly records: RecordStore;
  readonly texts: TextVault;
  readonly clock: Clock;
}

/** Assertions that were shown, until they end: none counts twice, in whatever process. */
const SHOWN = 'saml-assertion';
/** Answers that were taken and wait for the browser to come for them, by the hash of their code. */
const ANSWERS = 'saml-answer';
/** From one redirect to the next, in milliseconds. */
const ANSWER_LIFETIME = 60_000;
const MOST_ANSWERS = 10_000;
type SignedIn = Pick<
  Extract<Completed, { kind: 'signed-in' }>,
  'issuer' | 'subject' | 'identifier' | 'verifiedEmail' | 'claims' | 'endsAt'
>;

/** An answer that was checked, and whose it is. */
export interface KeptAnswer {
  readonly provider: string;
  readonly requestID: string;
  readonly signedIn: SignedIn;
}

/** What providers had browsers post, for the moment until the browsers come for it themselves. */
export class KeptAnswers {
  readonly #deps: KeptAnswersDeps;

  constructor(deps: KeptAnswersDeps) {
    this.#deps = deps;
  }

  /** Whether the assertion was not shown before. */
  async isFirst({ metadata }: IdentityProvider, { id, issuer, until }: SamlStatement): Promise<boolean> {
    const key = hashHandle(JSON.stringify([metadata.name, issuer, id]));
    return this.#deps.records.add({ space: SHOWN, key, owner: '', expiresAt: until, json: '{}' });
  }

  /** Gives the code that it is taken with. */
  async keep(answer: KeptAnswer): Promise<string> {
    const { records, texts, clock } = this.#deps;
    const code = newHandle();
    const key = hashHandle(code);
    const json = JSON.stringify(texts.seal(nameFor(key), new SecretValue(JSON.stringify(answer))));
    const expiresAt = clock.now() + ANSWER_LIFETIME;
    await records.add({ space: ANSWERS, key, owner: '', expiresAt, json }, MOST_ANSWERS);
    return code;
  }

  /** Once; `null` when there is none of that code. */
  async take(code: string): Promise<KeptAnswer | null> {
    if (!isHandle(code)) return null;
    const { records, texts } = this.#deps;
    const key = hashHandle(code);
    const record = await records.take(ANSWERS, key);
    const text = record === null ? null : texts.open(nameFor(key), JSON.parse(record.json) as string);
    return text === null ? null : (JSON.parse(text.reveal()) as KeptAnswer);
  }
}

function nameFor(key: string): string {
  return `${ANSWERS}/${key}`;
}

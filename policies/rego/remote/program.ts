import type { CompiledExpression, Evaluation, Program } from '../../engine.ts';
import type { PolicyInput } from '../../input.ts';
import { Failure } from '../../values/failure.ts';
import type { MapValue } from '../../values/map.ts';
import { RegoInput } from '../engine.ts';
import { inputText } from '../input-text.ts';
import type { RegoUse } from '../use.ts';
import { RemoteAnswers } from './answers.ts';
import type { RemoteOpa } from './remote.ts';
import { type RemoteResult, readReply } from './reply.ts';

/** Names with slashes between them, as packages and rules are written in a URL; nothing that a URL could read else. */
const PATH = /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/;

export function compileRemote(remote: RemoteOpa, path: string, use: RegoUse, attrs?: MapValue): CompiledExpression {
  if (PATH.test(path)) return { ok: true, program: new RemoteProgram(remote, path, use, attrs) };
  const message = `"${path}" is not a path below data`;
  return { ok: false, problems: [{ line: 1, column: 1, message, suggestion: 'such as authz/allow' }] };
}

/** Asks an OPA. What it does not define is missing, not false: the path may be wrong, or its policy not loaded. */
class RemoteProgram implements Program {
  /** Rego has no types. */
  readonly type = 'dyn';
  readonly source: string;
  readonly #remote: RemoteOpa;
  readonly #use: RegoUse;
  readonly #input: RegoInput;
  /** One question for all rules that ask the same of the same OPA. */
  readonly #key: string;

  constructor(remote: RemoteOpa, path: string, use: RegoUse, attrs: MapValue | undefined) {
    this.source = path;
    this.#remote = remote;
    this.#use = use;
    this.#input = new RegoInput('all', attrs);
    this.#key = JSON.stringify([use.name, remote.name, path, attrs === undefined ? '' : textOf(attrs)]);
  }

  evaluate(input: PolicyInput): Evaluation {
    input.remote ??= new RemoteAnswers();
    return input.remote.answerTo(this.#key) ?? this.#question(input, input.remote);
  }

  #question(input: PolicyInput, remote: RemoteAnswers): Evaluation {
    const text = this.#input.text(input);
    return text instanceof Failure ? text : remote.waitFor(this.#key, () => this.#ask(text));
  }

  async #ask(text: string): Promise<Evaluation> {
    const reply = await this.#remote.ask(this.source, `{"input":${text}}`);
    return toEvaluation(readReply(reply), this.#remote.name, this.#use);
  }
}

function textOf(attrs: MapValue): string {
  const text = inputText(attrs, 'all');
  return text instanceof Failure ? text.message : text;
}

function toEvaluation(result: RemoteResult, name: string, use: RegoUse): Evaluation {
  const where = `remote OPA "${name}"`;
  if (result.kind === 'undefined') return { kind: 'missing', message: `${where}: it does not define this` };
  if (result.kind === 'error') return { kind: 'error', message: `${where}: ${result.message}` };
  return use.evaluation(result.value, where);
}

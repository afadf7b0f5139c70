import type { CompiledExpression, Evaluation, Program } from '../../engine.ts';
import type { PolicyInput } from '../../input.ts';
import { Failure } from '../../values/failure.ts';
import type { MapValue } from '../../values/map.ts';
import { RegoInput } from '../engine.ts';
import { inputText } from '../input-text.ts';
import { RemoteAnswers } from './answers.ts';
import type { RemoteOpa } from './remote.ts';
import { type RemoteResult, readReply } from './reply.ts';

/** Names with slashes between them, as packages and rules are written in a URL; nothing that a URL could read else. */
const PATH = /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/;

export function compileRemote(remote: RemoteOpa, path: string, attrs?: MapValue): CompiledExpression {
  if (PATH.test(path)) return { ok: true, program: new RemoteProgram(remote, path, attrs) };
  const message = `"${path}" is not a path below data`;
  return { ok: false, problems: [{ line: 1, column: 1, message, suggestion: 'such as authz/allow' }] };
}

/** Asks an OPA. What it does not define is missing, not false: the path may be wrong, or its policy not loaded. */
class RemoteProgram implements Program {
  /** Rego has no types. */
  readonly type = 'dyn';
  readonly source: string;
  readonly #remote: RemoteOpa;
  readonly #input: RegoInput;
  /** One question for all rules that ask the same of the same OPA. */
  readonly #key: string;

  constructor(remote: RemoteOpa, path: string, attrs: MapValue | undefined) {
    this.source = path;
    this.#remote = remote;
    this.#input = new RegoInput('all', attrs);
    this.#key = JSON.stringify([remote.name, path, attrs === undefined ? '' : textOf(attrs)]);
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
    return toEvaluation(readReply(reply), this.#remote.name);
  }
}

function textOf(attrs: MapValue): string {
  const text = inputText(attrs, 'all');
  return text instanceof Failure ? text.message : text;
}

function toEvaluation(result: RemoteResult, name: string): Evaluation {
  const where = `remote OPA "${name}"`;
  if (result.kind === 'undefined') return { kind: 'missing', message: `${where}: it does not define this` };
  if (result.kind === 'error') return { kind: 'error', message: `${where}: ${result.message}` };
  if (typeof result.value === 'boolean') return { kind: 'value', value: result.value };
  return { kind: 'error', message: `${where}: its answer is not a boolean` };
}

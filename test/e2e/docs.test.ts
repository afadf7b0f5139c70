/**
 * The pages that people follow, followed: YAML is validated, commands are run, and what they print is compared.
 * Marks in HTML comments above a block say how:
 * - `file: NAME`     the block is that file; commands of the page may use it, and what is named *.test.yaml is checked
 *   by them alone
 * - `excerpt: FILE`   the block stands in that file of the repository
 * - `invalid: NAME`  the block is a file with mistakes, and the `text` block below says which
 * - `install`        the block is a file for `serve -c`
 * - `alone`          the resources do not belong to the page's others
 * - `upstream`       an echo upstream is to listen on port 3000 from here on
 * - `certificates: HOST` from here on NAME.crt, NAME.key and NAME-ca.crt are there, NAME being the host's first label
 * - `background`     the command keeps running once it has printed the `text` block below
 * - `stop`           what is running in the background is ended first
 * - `eventually`     the command is repeated until it prints what is shown
 * - `exit: CODE`     the command fails with that code
 * - `program: NAME`  the YAML of the page needs that program
 * - `browser`        the script is run by the browser tests of that page's subject
 * - `suite`          the command runs all tests, so it is not run here
 * Ports 8080, 9080 and 3000 stand for free ones.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { isTestFile } from '../../src/control/sources/files.ts';
import { createDemoCertificates } from '../../src/dev/demo-certificates.ts';
import { type EchoUpstream, startEchoUpstream } from '../../src/dev/echo-upstream.ts';
import { readInstallFile } from '../../src/main/install.ts';
import { validateCommand } from '../../src/main/validate.ts';
import { findProgram } from '../bench/processes.ts';
import { freePort } from '../support/free-port.ts';
import { type Block, linksOf, outputPattern, readBlocks } from '../support/markdown.ts';
import { ShellSession } from '../support/shell-session.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
  ...globSync('src/plugins/*/README.md', { cwd: ROOT }),
];
const FIRST_SERVICE = 'deploy/examples/first-service';
/** What pages list as `script` stands here. */
const PLUGINS = 'deploy/examples/plugins';
const LANGUAGES = new Set(['sh', 'yaml', 'text', 'js']);
const PATIENCE_MS = 30_000;

for (const page of PAGES) {
  const file = join(ROOT, page);
  const blocks = readBlocks(file);

  test(`${page}: every block is one that is checked, and every link leads somewhere`, () => {
    for (const { language, line } of blocks) assert.ok(LANGUAGES.has(language), `${page}:${line}: what is this block?`);
    for (const { language, marks } of blocks) if (language === 'js') assert.ok(marks.has('browser'));
    for (const link of linksOf(file)) assert.ok(existsSync(join(dirname(file), link)), `${page}: ${link} is missing`);
  });

  if (blocks.some(({ language }) => language === 'yaml')) {
    const programs = blocks.flatMap(({ marks }) => marks.get('program') ?? []);
    const absent = programs.filter((program) => spawnSync(program, ['version']).status !== 0);
    const skip = absent.length === 0 ? false : `${absent.join(', ')} IS NOT INSTALLED`;
    test(`${page}: the YAML is as it says`, { skip }, () => checkYaml(blocks));
  }

  if (blocks.some(isCommand)) {
    const needed = ['curl', ...blocks.flatMap(({ marks }) => marks.get('needs') ?? [])];
    const missing = needed.filter((program) => findProgram(program) === null);
    const skip = missing.length > 0 && process.env.CI !== 'true' && `${missing.join(', ')} is not installed`;
    test(`${page}: the commands do what is shown`, { skip, timeout: 120_000 }, () => follow(page, blocks));
  }
}

function isCommand({ language, marks }: Block): boolean {
  return language === 'sh' && !marks.has('suite');
}

async function checkYaml(blocks: readonly Block[]): Promise<void> {
  const yaml = blocks.filter(({ language, marks }) => language === 'yaml' && !isTestFile(marks.get('file') ?? ''));
  const together = yaml.filter(({ marks }) => !['invalid', 'install', 'alone'].some((mark) => marks.has(mark)));
  assert.equal(await diagnosticsOf(together.map((block, i) => [`${i}.yaml`, block])), '');
  for (const block of yaml) {
    const name = block.marks.get('invalid');
    const whole = block.marks.get('excerpt');
    if (whole !== undefined)
      assert.ok(readFileSync(join(ROOT, whole), 'utf8').includes(block.text), `${whole} differs`);
    if (block.marks.has('alone')) assert.equal(await diagnosticsOf([['alone.yaml', block]]), '');
    if (name !== undefined) assert.equal(await diagnosticsOf([[name, block]]), block.output);
    if (block.marks.has('install')) readInstallFile(written(temporaryDirectory(), 'ostiary.yaml', block.text));
  }
}

/** What `ostiary validate` says, but for Secrets, which pages create in other ways. */
async function diagnosticsOf(files: readonly (readonly [string, Block])[]): Promise<string> {
  if (files.length === 0) return '';
  const directory = temporaryDirectory();
  for (const [name, { text }] of files) written(directory, name, text);
  const said: string[] = [];
  const io = {
    out: () => {},
    err: (text: string) => void said.push(text),
    env: {},
    readStdin: async () => Buffer.of(),
    stdin: async function* () {},
    write: async () => {},
  };
  await validateCommand.run({ positionals: [directory], options: { plugins: [join(ROOT, PLUGINS)] }, io });
  const lines = said.join('').replaceAll(`${directory}/`, '').split('\n');
  return lines.filter((line) => !/there is no Secret .*ostiary create secret/.test(line)).join('\n');
}

function written(directory: string, name: string, text: string): string {
  const file = join(directory, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

async function follow(page: string, blocks: readonly Block[]): Promise<void> {
  const ports = new Map(
    await Promise.all(['8080', '9080', '3000'].map(async (port) => [port, await freePort()] as const)),
  );
  const withPorts = (text: string) => text.replace(/\b(8080|9080|3000)\b/g, (port) => String(ports.get(port)));
  const directory = readersDirectory(withPorts);
  const session = new ShellSession(directory);
  const upstreams: EchoUpstream[] = [];
  const end = async () => {
    await session.stop();
    for (const upstream of upstreams.splice(0)) await upstream.close();
  };
  after(end);

  for (const block of blocks) {
    const { language, marks, line } = block;
    const name = marks.get('file');
    if (name !== undefined) written(directory, name, withPorts(block.text));
    if (marks.has('stop')) await session.stop();
    const host = marks.get('certificates');
    if (host !== undefined) writeCertificates(directory, host);
    if (marks.has('upstream')) upstreams.push(await startEchoUpstream({ name: 'app', port: ports.get('3000')! }));
    if (language !== 'sh' || marks.has('suite')) continue;
    const script = withPorts(runnable(block.text));
    const expected = block.output === null ? null : outputPattern(withPorts(block.output));
    const where = `${page}:${line}`;
    if (marks.has('background')) await startBlock(session, script, expected, where);
    else await runBlock(session, script, { expected, where, marks });
  }
  await end();
}

function writeCertificates(directory: string, host: string): void {
  const { ca, cert, key } = createDemoCertificates([host]);
  const name = host.slice(0, host.indexOf('.'));
  written(directory, `${name}-ca.crt`, ca);
  written(directory, `${name}.crt`, cert);
  written(directory, `${name}.key`, key);
}

/** The launcher and the first Service, as in a clone; everything else is the reader's own. */
function readersDirectory(withPorts: (text: string) => string): string {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'bin'));
  symlinkSync(join(ROOT, 'bin/ostiary'), join(directory, 'bin/ostiary'));
  for (const name of readdirSync(join(ROOT, FIRST_SERVICE))) {
    written(directory, `${FIRST_SERVICE}/${name}`, withPorts(readFileSync(join(ROOT, FIRST_SERVICE, name), 'utf8')));
  }
  cpSync(join(ROOT, PLUGINS), join(directory, PLUGINS), { recursive: true });
  return directory;
}

/** `npm start` is what package.json says it is. */
function runnable(script: string): string {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } };
  return script.replace(/^npm start(?: --)?/m, `${scripts.start} --port 8080`);
}

async function startBlock(
  session: ShellSession,
  script: string,
  expected: string | null,
  where: string,
): Promise<void> {
  assert.ok(expected !== null, `${where}: what does it print once it runs?`);
  await session.start(script, new RegExp(expected));
}

interface Shown {
  readonly expected: string | null;
  readonly where: string;
  readonly marks: Block['marks'];
}

async function runBlock(session: ShellSession, script: string, { expected, where, marks }: Shown): Promise<void> {
  const pattern = new RegExp(expected === null ? '' : `^${expected}$`);
  const deadline = Date.now() + PATIENCE_MS;
  let ran = await session.run(script);
  while (marks.has('eventually') && !pattern.test(ran.output.trimEnd()) && Date.now() < deadline) {
    await wait(100);
    ran = await session.run(script);
  }
  assert.equal(ran.code, Number(marks.get('exit') ?? '0'), `${where}: exit code; it printed:\n${ran.output}`);
  assert.match(ran.output.trimEnd(), pattern, where);
}

import { stringify } from 'yaml';
import { adminClient } from '../admin/client.ts';
import type { Command, Connect } from '../cli/command.ts';
import { accessCommands } from '../cli/commands/access.ts';
import { applyCommand } from '../cli/commands/apply.ts';
import { authenticatorCommand } from '../cli/commands/authenticators.ts';
import { createCommands } from '../cli/commands/create.ts';
import { debugTokenCommand } from '../cli/commands/debug-token.ts';
import { type DiffDeps, diffCommand } from '../cli/commands/diff.ts';
import { deleteCommand, getCommand } from '../cli/commands/get.ts';
import { keysCommand } from '../cli/commands/keys.ts';
import { LOGIN_COMMANDS } from '../cli/commands/login.ts';
import { pluginNewCommand } from '../cli/commands/plugin-new.ts';
import { sessionCommands } from '../cli/commands/sessions.ts';
import { readConfigPaths } from '../control/sources/files.ts';
import { findKind, KIND_NAMES } from '../model/index.ts';
import { celCommand } from './cel.ts';
import { devCommand } from './dev.ts';
import { pluginListCommand } from './plugin-list.ts';
import { policyExplainCommand } from './policy-explain.ts';
import { policyLibraryCommand } from './policy-library.ts';
import { policyReplayCommand, readRequests } from './policy-replay.ts';
import { policyShadowCommand } from './policy-shadow.ts';
import { policyTestCommand } from './policy-test.ts';
import { contextSchemaCommand, policyTestSchemaCommand, schemaCommand } from './schema.ts';
import { serveCommand } from './serve.ts';
import { validateCommand } from './validate.ts';
import { versionCommand } from './version.ts';

const connect: Connect = (dataDirectory) => adminClient(`${dataDirectory}/admin.sock`);
const compareTexts: DiffDeps['compareTexts'] = async (comparison) =>
  (await import('./offline/compare-texts.ts')).compareTexts(comparison, Date.now());
const kinds = { find: findKind, all: KIND_NAMES };

/** Everything that `ostiary` can do, in the order of the help text. */
export const COMMANDS: readonly Command[] = [
  serveCommand,
  devCommand,
  validateCommand,
  applyCommand({ connect, kinds, readPaths: readConfigPaths }),
  diffCommand({ connect, kinds, readPaths: readConfigPaths, readRequests, compareTexts }),
  getCommand({ connect, kinds, toYaml: (resources) => resources.map((one) => stringify(one)).join('---\n') }),
  deleteCommand({ connect, kinds }),
  ...createCommands(connect),
  ...sessionCommands(connect),
  ...LOGIN_COMMANDS,
  authenticatorCommand(connect),
  ...accessCommands(connect),
  keysCommand(connect),
  policyExplainCommand(connect),
  debugTokenCommand(connect),
  policyReplayCommand(connect),
  policyShadowCommand(connect),
  policyTestCommand(connect),
  policyLibraryCommand,
  celCommand,
  pluginListCommand,
  pluginNewCommand,
  schemaCommand,
  policyTestSchemaCommand,
  contextSchemaCommand,
  versionCommand,
];

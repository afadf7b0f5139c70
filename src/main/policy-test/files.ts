import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { type ReadResult, readTexts } from '../../control/read.ts';
import { type ConfigText, isConfigFile, isResourceFile, isTestFile, readWanted } from '../../control/sources/files.ts';
import { isLeftOut } from '../../control/sources/listing.ts';
import { readTestFile, type TestFile } from './read.ts';

export interface TestTexts {
  readonly resources: ReadResult;
  readonly files: readonly TestFile[];
  /** Tests were named without what they test: what they do not attach is not theirs. */
  readonly onlyAttached: boolean;
}

/**
 * Everything that is read for these paths: directories with resources and tests, and files of either kind.
 * @throws AppError `not-found` for what cannot be read, `usage` when there is no test, or nothing to test
 */
export async function readTests(paths: readonly string[]): Promise<TestTexts> {
  const texts = await readWanted(paths, isConfigFile);
  const tests = texts.filter(({ file }) => isTestFile(file));
  if (tests.length === 0) throw noTests(paths);
  const own = texts.filter(({ file }) => !isTestFile(file));
  const onlyAttached = paths.every(isTestFile);
  if (own.length === 0 && !onlyAttached) {
    throw new AppError('usage', `no YAML files with resources in ${paths.join(', ')}: there is nothing to test`);
  }
  const resources = readTexts(onlyAttached ? await textsBeside(paths) : own);
  return { resources, files: tests.map(readTestFile), onlyAttached };
}

/** The tests of these paths on resources from elsewhere: those beside the tests are left alone. */
export async function readTestsOf(paths: readonly string[], resources: readonly ConfigText[]): Promise<TestTexts> {
  const tests = (await readWanted(paths, isConfigFile)).filter(({ file }) => isTestFile(file));
  if (tests.length === 0) throw noTests(paths);
  return { resources: readTexts(resources), files: tests.map(readTestFile), onlyAttached: false };
}

function noTests(paths: readonly string[]): AppError {
  return new AppError('usage', `there is no test in ${paths.join(', ')}: tests stand in files named *.test.yaml`);
}

/** Test files alone are tried with the resources of their folders. */
async function textsBeside(paths: readonly string[]): Promise<ConfigText[]> {
  const folders = [...new Set(paths.map(dirname))];
  const files = (await Promise.all(folders.map(resourceFilesIn))).flat();
  return readWanted(files, isResourceFile);
}

async function resourceFilesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory() && isResourceFile(entry.name));
  const paths = files.map(({ name }) => join(folder, name));
  return paths.filter((path) => !isLeftOut(folder, path)).sort();
}

/** What has to be watched for a change of any of it. */
export function watchedPaths(paths: readonly string[]): string[] {
  return paths.every(isTestFile) ? [...new Set([...paths, ...paths.map(dirname)])] : [...paths];
}

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** What a process and all its children have used. */
export interface Usage {
  /** Seconds of CPU since they began, user and system. */
  readonly cpu: number;
  /** Bytes in memory. */
  readonly rss: number;
}

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly cpu: number;
  readonly rss: number;
}

const PAGE = 4096;
/** USER_HZ, the unit of times in /proc, is 100 on every architecture that Node runs on. */
const TICKS = 100;

/** `null` where neither /proc nor ps tells. */
export function usageOf(root: number): Usage | null {
  const rows = readRows();
  if (rows === null) return null;
  const members = new Set([root]);
  // A child may stand before its parent, so once is not enough.
  for (let size = 0; size !== members.size; ) {
    size = members.size;
    for (const { pid, parent } of rows) if (members.has(parent)) members.add(pid);
  }
  const ours = rows.filter(({ pid }) => members.has(pid));
  return { cpu: sum(ours.map(({ cpu }) => cpu)), rss: sum(ours.map(({ rss }) => rss)) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function readRows(): ProcessRow[] | null {
  try {
    return existsSync('/proc/self/stat') ? procRows() : psRows();
  } catch {
    return null;
  }
}

function procRows(): ProcessRow[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(readStat).filter((row) => row !== null);
}

/** `null`: the process ended meanwhile. */
function readStat(pid: string): ProcessRow | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return null;
  }
}

/** proc(5): the name may hold blanks and brackets, so the fields are counted from the last bracket. */
export function parseStat(text: string): ProcessRow {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (field: number) => Number(fields[field - 3]);
  return { pid: Number.parseInt(text, 10), parent: at(4), cpu: (at(14) + at(15)) / TICKS, rss: at(24) * PAGE };
}

function psRows(): ProcessRow[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss=,time='], { encoding: 'utf8' });
  return text.trim().split('\n').map(parsePsLine);
}

/** The time is `[[days-]hours:]minutes:seconds`, on macOS with hundredths. */
export function parsePsLine(line: string): ProcessRow {
  const [pid, parent, kilobytes, time = ''] = line.trim().split(/\s+/);
  const [days, clock] = time.includes('-') ? (time.split('-') as [string, string]) : ['0', time];
  const seconds = clock.split(':').reduce((total, part) => total * 60 + Number(part), 0);
  return {
    pid: Number(pid),
    parent: Number(parent),
    cpu: Number(days) * 86_400 + seconds,
    rss: Number(kilobytes) * 1024,
  };
}

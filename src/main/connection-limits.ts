import { readFileSync } from 'node:fs';
import type { AdmissionLimits } from '../downstream/admission.ts';
import type { InstallConfig } from './install.ts';

/** Descriptors for everything but connections: store, logs, listeners, what runs beside. */
const RESERVE = 64;
/** Descriptors may be unlimited; memory is not. */
const MOST = 100_000;
const FEWEST = 16;

/** How many connections one process of this installation may have open. */
export function connectionLimits({ limits, workers }: InstallConfig): AdmissionLimits {
  const { connections, connectionsPerAddress } = limits;
  return {
    connections:
      connections === null ? connectionsFor(descriptorLimit()) : Math.max(1, Math.ceil(connections / workers)),
    connectionsPerAddress: connectionsPerAddress ?? Number.POSITIVE_INFINITY,
  };
}

/** Each connection may need another one to an upstream. */
export function connectionsFor(descriptors: number): number {
  return Math.max(FEWEST, Math.min(MOST, Math.floor((descriptors - RESERVE) / 2)));
}

/** The soft limit of open files; `Infinity` when there is none. */
function descriptorLimit(): number {
  const told = linuxLimit() ?? reportedLimit();
  return told === 'unlimited' ? Number.POSITIVE_INFINITY : Number(told);
}

function linuxLimit(): string | null {
  try {
    return softLimitOf(readFileSync('/proc/self/limits', 'utf8'));
  } catch {
    // Another system.
    return null;
  }
}

export function softLimitOf(limits: string): string | null {
  return /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1] ?? null;
}

/** Slow, and the only way where there is no `/proc`. */
function reportedLimit(): string {
  const { userLimits } = process.report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
  return String(userLimits?.open_files?.soft ?? 1024);
}

import { cacheCases } from './cache-cases.ts';

await cacheCases('MEMORY');

import { readFileSync, writeFileSync } from 'node:fs';
import { currentReadme, README } from './readme.ts';

writeFileSync(README, currentReadme(readFileSync(README, 'utf8')));
process.stdout.write('README.md is up to date\n');

import { readFileSync, writeFileSync } from 'node:fs';
import { LICENCES, licencesPage } from './licences.ts';
import { OPERATIONS, operationsPage } from './operations.ts';
import { currentReadme, README } from './readme.ts';

writeFileSync(README, await currentReadme(readFileSync(README, 'utf8')));
writeFileSync(LICENCES, licencesPage());
writeFileSync(OPERATIONS, operationsPage());
process.stdout.write('README.md, infra/licences.md and infra/operations.md are up to date\n');

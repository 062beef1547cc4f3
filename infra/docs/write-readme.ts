import { readFileSync, writeFileSync } from 'node:fs';
import { LICENCES, licencesPage } from './licences.ts';
import { currentReadme, README } from './readme.ts';

writeFileSync(README, currentReadme(readFileSync(README, 'utf8')));
writeFileSync(LICENCES, licencesPage());
process.stdout.write('README.md and infra/licences.md are up to date\n');

import { expect, it } from 'vitest';
import { HELP, parseProvisionArguments } from './provision-arguments.ts';

const PLACE = ['--project', 'my-project', '--region', 'europe-west1'];

it('reads where and what', () => {
  expect(parseProvisionArguments([...PLACE, '--dry-run'])).toEqual({
    wants: 'apply',
    place: {
      projectId: 'my-project',
      region: 'europe-west1',
      database: '(default)',
      timeZone: 'Etc/UTC',
    },
    isDryRun: true,
    isSure: false,
    keepsRules: false,
  });
  expect(
    parseProvisionArguments([...PLACE, '--destroy', '--yes', '--time-zone', 'Asia/Tokyo']),
  ).toMatchObject({ wants: 'destroy', isSure: true, place: { timeZone: 'Asia/Tokyo' } });
  expect(parseProvisionArguments([...PLACE, '--keep-rules'])).toMatchObject({ keepsRules: true });
  expect(parseProvisionArguments(['--help'])).toEqual({ wants: 'help' });
});

it('says in its help which roles it needs', () => {
  expect(HELP.match(/roles\/[\w.]+\w/g)).toEqual([
    'roles/pubsub.admin',
    'roles/cloudscheduler.admin',
    'roles/firebaserules.admin',
    'roles/datastore.indexAdmin',
    'roles/monitoring.editor',
    'roles/serviceusage.serviceUsageConsumer',
    'roles/owner',
  ]);
});

it.each([
  [[], '--project is missing'],
  [['--project', 'my-project'], '--region is missing'],
  [['--project', 'My Project', '--region', 'europe-west1'], '--project cannot be "My Project"'],
  [['--project', 'my-project', '--region', 'Europe'], '--region cannot be "Europe"'],
  [[...PLACE, '--time-zone', 'Mars/Base'], '--time-zone does not know "Mars/Base"'],
  [[...PLACE, '--force'], "Unknown option '--force'"],
])('says what is wrong with %j', (argv, message) => {
  expect(() => parseProvisionArguments(argv)).toThrow(message);
});

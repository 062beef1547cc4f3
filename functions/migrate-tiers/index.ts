import { http } from '@google-cloud/functions-framework';
import { readConfig } from '../config.ts';
import { openFrom } from '../open.ts';
import { migrateTiers } from './handler.ts';

http('migrate-tiers', migrateTiers(openFrom(readConfig(process.env))));

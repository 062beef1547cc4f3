import { cloudEvent } from '@google-cloud/functions-framework';
import { readConfig } from '../config.ts';
import { openFrom } from '../open.ts';
import { migrateSession } from './handler.ts';

cloudEvent('migrate-session', migrateSession(openFrom(readConfig(process.env))));

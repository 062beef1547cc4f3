import { cloudEvent } from '@google-cloud/functions-framework';
import { readConfig } from '../config.ts';
import { openFrom } from '../open.ts';
import { summarizeSession } from './handler.ts';

cloudEvent('summarize-session', summarizeSession(openFrom(readConfig(process.env))));

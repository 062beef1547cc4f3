import { http } from '@google-cloud/functions-framework';
import { readConfig } from '../config.ts';
import { openFrom } from '../open.ts';
import { readItems } from './handler.ts';

http('read-items', readItems(openFrom(readConfig(process.env))));

import { http } from '@google-cloud/functions-framework';
import { readConfig } from '../config.ts';
import { openFrom } from '../open.ts';
import { writeItems } from './handler.ts';

http('write-items', writeItems(openFrom(readConfig(process.env))));

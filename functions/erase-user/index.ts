import { http } from '@google-cloud/functions-framework';
import { readConfig } from '../config.ts';
import { openFrom } from '../open.ts';
import { eraseUser } from './handler.ts';

http('erase-user', eraseUser(openFrom(readConfig(process.env))));

import { cloudEvent } from '@google-cloud/functions-framework';
import { readConfig } from '../config.ts';
import { openFrom } from '../open.ts';
import { ingestItems } from './handler.ts';

cloudEvent('ingest-items', ingestItems(openFrom(readConfig(process.env))));

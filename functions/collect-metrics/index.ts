import { http } from '@google-cloud/functions-framework';
import { readConfig } from '../config.ts';
import { openFrom } from '../open.ts';
import { collectMetrics } from './handler.ts';

http('collect-metrics', collectMetrics(openFrom(readConfig(process.env))));

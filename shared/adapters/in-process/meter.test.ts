import { describeMeter } from '../../ports/meter.contract.ts';
import { InProcessMeter } from './meter.ts';

describeMeter('InProcessMeter', { create: () => new InProcessMeter() });

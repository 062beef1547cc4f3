import { AppError } from '../../shared/kernel/app-error.ts';
import type { Job } from '../../shared/topology.ts';

/** Calls a job's function as Cloud Scheduler does. */
export async function callJob(
  url: string,
  { target }: Job,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const response = await fetch(`${url}/${target}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{}',
  });
  await response.arrayBuffer();
  if (!response.ok) throw new AppError('unavailable', `${target} answered ${response.status}`);
}

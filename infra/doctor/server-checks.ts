import { type Check, type Finding, fault, warning, well } from './check.ts';

/** Tokens and due dates are off by as much as clocks are; a token counts 30 s before its time. */
const MAX_SKEW_MS = 10_000;

/** Whether a server that runs is well. */
export const serverChecks = (url: string): readonly Check[] => [
  { name: 'Server', run: () => serverFinding(url) },
  { name: 'Clock', run: () => clockFinding(healthUrl(url)) },
];

const healthUrl = (url: string): string => `${url.replace(/\/$/, '')}/read-items/healthz`;

async function serverFinding(url: string): Promise<Finding> {
  const response = await fetch(healthUrl(url)).catch(() => undefined);
  if (!response) return fault(`nothing answers at ${url}`, 'Start it (npm start), or check --url.');
  const text = await response.text();
  if (response.status === 403 || response.status === 401)
    return well(`${url} is there, and asks who calls`);
  if (response.status === 404) return fault(`${url} has no Strata`, 'Check --url.');
  const health = statusOf(text);
  if (health === 'ok') return well(url);
  if (health === 'degraded')
    return warning(`${url} is degraded: ${text}`, 'The hot tier is down: check its Redis.');
  return fault(
    `${url} answers ${response.status} ${text.slice(0, 200)}`,
    'The durable store cannot be reached: look at the log of the server.',
  );
}

function statusOf(text: string): unknown {
  try {
    return JSON.parse(text).status;
  } catch {
    return undefined; // Not ours.
  }
}

/** Whether the server's time is ours; any answer tells it. */
export async function clockFinding(url: string): Promise<Finding> {
  const response = await fetch(url).catch(() => undefined);
  await response?.arrayBuffer();
  const date = Date.parse(response?.headers.get('date') ?? '');
  if (Number.isNaN(date)) return warning('the server does not tell its time', 'Check --url.');
  // The header has whole seconds.
  const skewMs = Math.abs(Date.now() - date);
  if (skewMs <= MAX_SKEW_MS) return well('like the server’s');
  return fault(
    `differs from the server's by ${Math.round(skewMs / 1_000)} s`,
    'Set the clock of this machine or of the server: tokens are refused by wrong clocks.',
  );
}

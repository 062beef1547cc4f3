import { type Command, quoted } from './command.ts';

/** The commands as a bash script that does the same. */
export const showScript = (commands: readonly Command[]): string =>
  ['#!/usr/bin/env bash', 'set -euo pipefail', '', ...commands.flatMap(linesOf)].join('\n');

function linesOf({ program, argv, title, unless, unlessSame, into, input }: Command): string[] {
  const words = (all: readonly string[]) => all.map(quoted).join(' ');
  const piped = input === undefined ? '' : `printf %s ${quoted(input)} | `;
  const line = `${piped}${program} ${words(argv)}`;
  if (into !== undefined) return [`# ${title}`, `${into}=$(${line})`, ''];
  if (unlessSame) {
    const present = `"$(${program} ${words(unlessSame)} 2>/dev/null || true)"`;
    return [`# ${title}`, `[ ${present} = ${quoted(input ?? '')} ] ||`, `  ${line}`, ''];
  }
  if (!unless) return [`# ${title}`, line, ''];
  return [`# ${title}`, `${program} ${words(unless)} >/dev/null 2>&1 ||`, `  ${line}`, ''];
}

import type { ItemDraft } from '../../../shared/domain/item.ts';
import { seeded } from '../workspace.ts';
import type { Domain } from './domain.ts';
import { between, chatterOf, pick, plantedIn, type Random } from './fill-in.ts';
import { holdsAsItIs, type Played, type Wanted } from './played.ts';

/** All facts of a domain are planted in so many exchanges of a user and an assistant. */
const PLANTED_TURNS = 12;
/** Every third of them is told by the assistant. */
const BY_ASSISTANT_EVERY = 3;
/** Rounds of summarising after the last planted fact was summarised. */
const ROUNDS = [5, 10];
const TURNS = 110;
const TOOL_EVERY_TURNS = 4;
const ROWS_OF_A_RESULT = 5;
const TRIES = 50;

/** A conversation that is the same for the same seed: its facts at the beginning, then chatter. */
export function conversationOf(domain: Domain, seed: number): Played {
  const random = seeded(seed);
  const planted = domain.facts.map(([kind, template, sentence]) => {
    const literal = plantedIn(random, template);
    return { kind, literal, said: sentence.replace('{*}', () => literal) };
  });
  const talk = new Chatter(domain, random, planted);
  const sentences = shuffled(random, planted).map(({ said }) => said);
  const turns = Array.from({ length: TURNS }, (_, index) => {
    const from = Math.floor((index * sentences.length) / PLANTED_TURNS);
    const to = Math.floor(((index + 1) * sentences.length) / PLANTED_TURNS);
    return talk.turn(index, sentences.slice(from, to));
  });
  const plantedItems = turns.slice(0, PLANTED_TURNS).flat().length;
  const open = new Set(ROUNDS);
  return {
    name: domain.name,
    turns,
    look(_, toSeqs) {
      const rounds = toSeqs.filter((toSeq) => toSeq >= plantedItems).length - 1;
      return open.delete(rounds) ? { when: `after ${rounds} rounds`, wanted: planted } : undefined;
    },
    holds: holdsAsItIs,
  };
}

class Chatter {
  readonly #domain: Domain;
  readonly #random: Random;
  readonly #taken: readonly string[];

  constructor(domain: Domain, random: Random, planted: readonly Wanted[]) {
    this.#domain = domain;
    this.#random = random;
    this.#taken = planted.map(({ literal }) => literal);
  }

  /** A user's message, with the given sentences in it, and the answer; a tool call between now and then. */
  turn(index: number, told: readonly string[]): ItemDraft[] {
    const { user, assistant, tool } = this.#domain;
    const answered = told.filter((_, place) => place % BY_ASSISTANT_EVERY === 2);
    const asked = told.filter((sentence) => !answered.includes(sentence));
    const asks = [...asked, ...this.#some(user, between(this.#random, 1, 2))];
    const answers = [...answered, ...this.#some(assistant, between(this.#random, 3, 7))];
    return [
      { content: joined(asks), contentType: 'user_message' },
      ...(tool && index % TOOL_EVERY_TURNS === 2 ? this.#lookUp(tool, index) : []),
      { content: joined(answers), contentType: 'assistant_message' },
    ];
  }

  #lookUp({ name, argument, row }: NonNullable<Domain['tool']>, index: number): ItemDraft[] {
    const id = `call_${index}`;
    const rows = Array.from({ length: ROWS_OF_A_RESULT }, () => this.#say(row));
    const call = { id, name, arguments: this.#say(argument) };
    return [
      { content: '', contentType: 'tool_call', toolCalls: [call] },
      { content: `[${rows.join(', ')}]`, contentType: 'tool_result', toolCallId: id },
    ];
  }

  #some(templates: readonly string[], count: number): string[] {
    return shuffled(this.#random, templates)
      .slice(0, count)
      .map((template) => this.#say(template));
  }

  /** Never a planted value: its only place is where it was planted. */
  #say(template: string): string {
    for (let tries = 0; tries < TRIES; tries++) {
      const said = chatterOf(this.#random, template);
      if (!this.#taken.some((literal) => said.includes(literal))) return said;
    }
    throw new Error(`"${template}" always says what was planted`);
  }
}

const joined = (sentences: readonly string[]): string =>
  sentences.reduce((text, one) =>
    /\n|^(?:-|1\.) /.test(one)
      ? `${text}\n${one}`
      : /[。？！]$/.test(text)
        ? text + one
        : `${text} ${one}`,
  );

function shuffled<T>(random: Random, all: readonly T[]): T[] {
  const left = [...all];
  return all.map(() => {
    const one = pick(random, left);
    left.splice(left.indexOf(one), 1);
    return one;
  });
}

import type { Firestore } from '@google-cloud/firestore';
import { DEMO_PROJECT } from '../tooling/emulators.ts';
import { loadPeer } from './peers.ts';

interface Message {
  readonly content: unknown;
}

/** What is used of LangChain's `FirestoreChatMessageHistory`. */
interface ChatHistory {
  getMessages(): Promise<readonly Message[]>;
  addMessage(message: Message): Promise<void>;
  /** Not in its public types. */
  readonly firestoreClient: Firestore;
}

interface HistoryModule {
  readonly FirestoreChatMessageHistory: new (fields: {
    readonly collections: readonly string[];
    readonly docs: readonly string[];
    readonly sessionId: string;
    readonly userId: string;
    readonly config: { readonly projectId: string };
  }) => ChatHistory;
}

interface MessagesModule {
  readonly HumanMessage: new (content: string) => Message;
  readonly AIMessage: new (content: string) => Message;
}

/** One conversation as LangChain's Firestore history keeps it, on an emulator. */
export function langchainHistory(emulatorHost: string) {
  // Its client takes the address from the environment alone.
  process.env['FIRESTORE_EMULATOR_HOST'] = emulatorHost;
  const history = loadPeer<HistoryModule>('@langchain/community/stores/message/firestore');
  const { HumanMessage, AIMessage } = loadPeer<MessagesModule>('@langchain/core/messages');
  const kept = new history.FirestoreChatMessageHistory({
    ...{ collections: ['conversations'], docs: ['c1'], sessionId: 'c1', userId: 'u1' },
    config: { projectId: DEMO_PROJECT },
  });
  return {
    firestore: kept.firestoreClient,
    getMessages: () => kept.getMessages(),
    async addTurn(asked: string, answered: string): Promise<void> {
      await kept.addMessage(new HumanMessage(asked));
      await kept.addMessage(new AIMessage(answered));
    },
    close: () => kept.firestoreClient.terminate(),
  };
}

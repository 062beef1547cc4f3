import { startGeminiServer } from '../../testing/gemini-server.ts';
import { describeGemini } from './gemini-summarizer.contract.ts';
import { GenAiSummarizer } from './genai-summarizer.ts';
import { openGenAi } from './open-genai.ts';

describeGemini('GenAiSummarizer', {
  startServer: () => startGeminiServer(),
  create: async (place, options) => new GenAiSummarizer(await openGenAi(place), options),
  endpointOf: ({ host }) => `http://${host}`,
});

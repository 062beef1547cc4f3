import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { startGeminiServer } from '../../testing/gemini-server.ts';
import { selfSigned } from '../../testing/self-signed.ts';
import { describeGemini } from './gemini-summarizer.contract.ts';
import { openVertex } from './open-vertex.ts';
import { VertexSummarizer } from './vertex-summarizer.ts';

// This SDK speaks https only. The certificate is trusted in this test's thread and nowhere else.
const certificate = selfSigned();
setDefaultCACertificates([...getCACertificates('default'), certificate.cert]);

describeGemini('VertexSummarizer', {
  startServer: () => startGeminiServer(certificate),
  create: async (place, options) => new VertexSummarizer(await openVertex(place), options),
  endpointOf: ({ host }) => host,
});

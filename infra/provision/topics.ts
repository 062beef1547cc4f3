import type { v1 } from '@google-cloud/pubsub';
import { TOPICS } from '../../shared/topology.ts';
import { ifThere } from './if-there.ts';
import { isLabelled, LABELS, type Place } from './place.ts';
import type { Resource } from './resource.ts';

type Publisher = Pick<
  v1.PublisherClient,
  'getTopic' | 'createTopic' | 'updateTopic' | 'deleteTopic'
>;

export const topics = (publisher: Publisher, place: Place): Resource[] =>
  Object.values(TOPICS).map((topic) => topicResource(publisher, place, topic));

function topicResource(publisher: Publisher, { projectId }: Place, topic: string): Resource {
  const name = `projects/${projectId}/topics/${topic}`;
  return {
    api: 'pubsub',
    kind: 'topic',
    name: topic,
    wanted: { labels: LABELS },
    async read() {
      const [found] = (await ifThere(() => publisher.getTopic({ topic: name }))) ?? [];
      return found && { fields: { labels: found.labels ?? {} }, isOurs: isLabelled(found.labels) };
    },
    async create() {
      await publisher.createTopic({ name, labels: LABELS });
    },
    async update() {
      await publisher.updateTopic({
        topic: { name, labels: LABELS },
        updateMask: { paths: ['labels'] },
      });
    },
    async remove() {
      await publisher.deleteTopic({ topic: name });
    },
  };
}

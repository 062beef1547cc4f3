import { type Edit, edited } from './edited.ts';

/** What stands in @grpc/proto-loader for who asks a server what it can do, and what stands there instead. */
const EDITS: readonly Edit[] = [
  ['const descriptor = require("protobufjs/ext/descriptor");\n', ''],
  [`    const messageDescriptor = message.toDescriptor('proto3');\n`, ''],
  ['type: messageDescriptor.$type.toObject(messageDescriptor, descriptorOptions)', 'type: {}'],
  [`    const enumDescriptor = enumType.toDescriptor('proto3');\n`, ''],
  ['type: enumDescriptor.$type.toObject(enumDescriptor, descriptorOptions)', 'type: {}'],
  [`    const descriptorList = root.toDescriptor('proto3').file;\n`, ''],
  [
    'descriptorList.map(value => Buffer.from(descriptor.FileDescriptorProto.encode(value).finish()))',
    '[]',
  ],
];

/**
 * The loader of gRPC's messages without a description of each beside it, which takes longer to make than
 * the messages: calls need none.
 *
 * @throws Error when the package is not the one that this was written for.
 */
export const withoutDescriptors = (file: string): string => edited(file, EDITS);

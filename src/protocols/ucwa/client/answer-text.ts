import { UnexpectedAnswer } from './failures.ts';

const maxAnswerBytes = 4 * 1024 * 1024;

/** @throws {UnexpectedAnswer} beyond 4 MiB, or whatever the body fails with */
export async function readText(body: AsyncIterable<Buffer>, url: URL): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxAnswerBytes)
      throw new UnexpectedAnswer(`${url.pathname}: longer than ${maxAnswerBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
}

/** Answers every gRPC call with the message that it got: `node grpc-upstream-process.ts PORT`. */
import { createServer, type ServerHttp2Stream } from 'node:http2';
import { endWithTheBench } from './attached.ts';

const server = createServer();
server.on('stream', (stream: ServerHttp2Stream) => {
  const chunks: Buffer[] = [];
  stream.on('error', () => stream.close());
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.concat(chunks));
  });
});
server.on('session', (session) => session.on('error', () => session.destroy()));
server.listen(Number(process.argv[2]), '127.0.0.1');
endWithTheBench();

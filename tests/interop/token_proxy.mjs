// For `.ci/mcp-conformance`: adds a token to requests, for a client that cannot send one. Prints its URL.

import { createServer, request as send } from 'node:http';

const [, , server, token] = process.argv;
const { hostname, port, pathname } = new URL(server);

const proxy = createServer((request, response) => {
  const { method, url: path, headers: given } = request;
  const headers = { ...given, authorization: `Bearer ${token}` };
  const forwarded = send({ hostname, port, path, method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    response.flushHeaders();
    answer.pipe(response);
  });
  forwarded.on('error', (error) => response.destroy(error));
  response.on('close', () => forwarded.destroy());
  request.pipe(forwarded);
});
proxy.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${proxy.address().port}${pathname}`));

// Generates the client that hey_api.ts uses. Node.js needs the extension in imports.
export default {
  input: '../../demo.json',
  output: { path: 'hey_api_client', module: { extension: '.js' } },
};

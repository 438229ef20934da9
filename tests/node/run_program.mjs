// Runs an ONNX program in onnxruntime-node, without pellucid:
//   node run_program.mjs PROGRAM.onnx INPUTS.safetensors OUT.safetensors
// INPUTS holds one tensor per input of the program, by name; OUT gets every output.
// onnxruntime-node is looked for in PELLUCID_NODE_MODULES, else beside this file.
import {createRequire} from 'node:module';
import {resolve} from 'node:path';
import {fileURLToPath} from 'node:url';

import {readSafetensors, writeSafetensors} from './safetensors.mjs';

const modules = process.env.PELLUCID_NODE_MODULES;
const require = createRequire(modules ? resolve(modules, 'any.js') : import.meta.url);

/** The outputs of a program as {name: {type, dims, data}}; every input must be given, and nothing else. */
export async function runProgram(program, inputs) {
  const ort = require('onnxruntime-node');
  const session = await ort.InferenceSession.create(program, {executionProviders: ['cpu']});
  const given = Object.keys(inputs);
  const missing = session.inputNames.filter((name) => !given.includes(name));
  const unknown = given.filter((name) => !session.inputNames.includes(name));
  if (missing.length || unknown.length) {
    throw new Error(`${program} takes ${session.inputNames.join(', ')}; missing: ${missing.join(', ') || 'none'}; ` +
                    `unknown: ${unknown.join(', ') || 'none'}`);
  }
  const feeds = {};
  for (const [name, {type, dims, data}] of Object.entries(inputs)) feeds[name] = new ort.Tensor(type, data, dims);
  const results = await session.run(feeds);
  const outputs = {};
  for (const name of session.outputNames) {
    outputs[name] = {type: results[name].type, dims: [...results[name].dims], data: results[name].data};
  }
  await session.release();
  return outputs;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  if (process.argv.length !== 5) {
    console.error('usage: node run_program.mjs PROGRAM.onnx INPUTS.safetensors OUT.safetensors');
    process.exit(2);
  }
  const [program, inputs, out] = process.argv.slice(2);
  try {
    writeSafetensors(out, await runProgram(program, readSafetensors(inputs)));
  } catch (error) {
    console.error(`run_program: error: ${error.message}`);
    process.exit(1);
  }
}

// An exported explanation gives the same scores in onnxruntime-node as pellucid itself, and the model's own logits.
// PELLUCID names the binary, PELLUCID_DEMO_MODEL the model's folder.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, test} from 'node:test';

import {runProgram} from './run_program.mjs';
import {readSafetensors, writeSafetensors} from './safetensors.mjs';

const {PELLUCID: binary, PELLUCID_DEMO_MODEL: model} = process.env;
const folder = mkdtempSync(join(tmpdir(), 'pellucid-node-'));
after(() => rmSync(folder, {recursive: true}));

const pellucid = (...words) =>
    execFileSync(binary, ['--quiet', ...words], {cwd: folder, env: {...process.env, XDG_CACHE_HOME: folder}});

// Smooth waves: all that matters is that the two samples differ.
function pixels(samples) {
  const data = Float32Array.from({length: samples * 3 * 64 * 64}, (_, i) => Math.sin(i * 0.013) + Math.cos(i * 0.0007));
  return {pixel_values: {type: 'float32', dims: [samples, 3, 64, 64], data}};
}

function assertClose(given, expected, relative, what) {
  assert.deepEqual(given.dims, expected.dims, what);
  const scale = expected.data.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
  assert.ok(scale > 0, `${what}: all zero`);
  const gap = given.data.reduce((largest, x, i) => Math.max(largest, Math.abs(x - expected.data[i])), 0);
  assert.ok(gap <= relative * scale, `${what}: differs by ${gap}, of ${scale} at most`);
}

const cases = [['attcat', 'logit:3'], ['genatt', 'logit:3'], ['fullgrad-plus', 'logit:3'], ['attnlrp', 'logit:3'],
  ['cp-lrp', 'logit:3'], ['chefer', 'logit:3'], ['chefer', 'contrast:3,1'], ['partial-lrp', 'logit:3']];
for (const [method, target] of cases) {
  test(`${method} of two samples, ${target}`, async () => {
    const inputs = pixels(2);
    writeSafetensors(join(folder, 'inputs.safetensors'), inputs);
    const request = ['--model', model, '--inputs', 'inputs.safetensors', '--method', method, '--target', target];
    pellucid('explain', ...request, '-o', 'expected.safetensors');
    pellucid('compile', ...request, '-o', 'program.onnx');

    const expected = readSafetensors(join(folder, 'expected.safetensors'));
    const outputs = await runProgram(join(folder, 'program.onnx'), inputs);
    assertClose(outputs.token_scores, expected.token_scores, 1e-5, 'token_scores');
    assertClose(outputs.scores, expected.scores, 1e-5, 'scores');
    const untouched = await runProgram(join(model, 'model.onnx'), inputs);
    assertClose(outputs.pellucid_logits, untouched.logits, 1e-5, 'logits');
  });
}

// run_program on small programs whose answers are known without running them.
import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, test} from 'node:test';

import {runProgram} from './run_program.mjs';
import {readSafetensors, writeSafetensors} from './safetensors.mjs';

const folder = mkdtempSync(join(tmpdir(), 'pellucid-node-'));
after(() => rmSync(folder, {recursive: true}));

// The few protobuf fields that an ONNX model needs; numbers from onnx.proto.
const varint = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
const field = (number, bytes) => [...varint((number << 3) | 2), ...varint(bytes.length), ...bytes];
const number = (at, value) => [...varint(at << 3), ...varint(value)];
const text = (at, value) => field(at, [...Buffer.from(value)]);
const float32 = 1;
const int64 = 7;

const dimension = (length) => field(1, number(1, length));
const value = (name, type, dims) =>
    [...text(1, name), ...field(2, field(1, [...number(1, type), ...field(2, dims.flatMap(dimension))]))];
const node = (operator, inputs, output) =>
    [...inputs.flatMap((name) => text(1, name)), ...text(2, output), ...text(4, operator)];

function model(nodes, inputs, outputs) {
  const graph = [
    ...nodes.flatMap((n) => field(1, n)),
    ...text(2, 'test'),
    ...inputs.flatMap((i) => field(11, i)),
    ...outputs.flatMap((o) => field(12, o)),
  ];
  const path = join(folder, 'program.onnx');
  writeFileSync(path, Buffer.from([...number(1, 8), ...field(7, graph), ...field(8, number(2, 17))]));
  return path;
}

test('a matrix product and a sum of integers', async () => {
  const program = model(
      [node('MatMul', ['a', 'b'], 'product'), node('Add', ['i', 'i'], 'sum')],
      [value('a', float32, [2, 2]), value('b', float32, [2, 1]), value('i', int64, [3])],
      [value('product', float32, [2, 1]), value('sum', int64, [3])]);
  const inputs = join(folder, 'inputs.safetensors');
  writeSafetensors(inputs, {
    i: {type: 'int64', dims: [3], data: BigInt64Array.of(1n, -2n, 3n)},
    a: {type: 'float32', dims: [2, 2], data: Float32Array.of(1, 2, 3, 4)},
    b: {type: 'float32', dims: [2, 1], data: Float32Array.of(10, 0.5)},
  });
  const out = join(folder, 'out.safetensors');
  writeSafetensors(out, await runProgram(program, readSafetensors(inputs)));
  const results = readSafetensors(out);
  assert.deepEqual(Object.keys(results).sort(), ['product', 'sum']);
  assert.deepEqual(results.product, {type: 'float32', dims: [2, 1], data: Float32Array.of(11, 32)});
  assert.deepEqual(results.sum, {type: 'int64', dims: [3], data: BigInt64Array.of(2n, -4n, 6n)});
});

test('inputs that are missing or unknown are errors', async () => {
  const program = model([node('Neg', ['a'], 'b')], [value('a', float32, [1])], [value('b', float32, [1])]);
  const one = {type: 'float32', dims: [1], data: Float32Array.of(1)};
  await assert.rejects(runProgram(program, {}), /missing: a/);
  await assert.rejects(runProgram(program, {a: one, c: one}), /unknown: c/);
});

test('a safetensors file that is cut off is an error', () => {
  const path = join(folder, 'cut.safetensors');
  writeSafetensors(path, {a: {type: 'float32', dims: [2], data: Float32Array.of(1, 2)}});
  writeFileSync(path, readFileSync(path).subarray(0, -4));
  assert.throws(() => readSafetensors(path), /cut off/);
});

// Reads and writes safetensors files: eight bytes of header length, a JSON header, the tensors' bytes.
import {readFileSync, writeFileSync} from 'node:fs';

// safetensors name → [ONNX Runtime's name, the array that holds it, bytes of an element]
const kinds = {
  F64: ['float64', Float64Array, 8],
  F32: ['float32', Float32Array, 4],
  F16: ['float16', Uint16Array, 2],
  I64: ['int64', BigInt64Array, 8],
  I32: ['int32', Int32Array, 4],
  I16: ['int16', Int16Array, 2],
  I8: ['int8', Int8Array, 1],
  U8: ['uint8', Uint8Array, 1],
  BOOL: ['bool', Uint8Array, 1],
};

const count = (shape) => shape.reduce((product, length) => product * length, 1);

/** {name: {type, dims, data}} of a safetensors file; type is ONNX Runtime's name of it. */
export function readSafetensors(path) {
  const bytes = readFileSync(path);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength));
  const result = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const kind = kinds[entry.dtype];
    if (!kind) throw new Error(`${path}: tensor '${name}' has element type ${entry.dtype}, which is not known here`);
    const [type, ArrayType, size] = kind;
    const [begin, end] = entry.data_offsets;
    if (end - begin !== count(entry.shape) * size) throw new Error(`${path}: tensor '${name}' has the wrong length`);
    const start = 8 + headerLength + begin;
    if (8 + headerLength + end > bytes.length) throw new Error(`${path}: the file is cut off within '${name}'`);
    const copy = new Uint8Array(bytes.subarray(start, start + end - begin));
    result[name] = {type, dims: entry.shape, data: new ArrayType(copy.buffer)};
  }
  return result;
}

/** Writes {name: {type, dims, data}}. */
export function writeSafetensors(path, tensors) {
  const header = {};
  const parts = [];
  let offset = 0;
  for (const [name, {type, dims, data}] of Object.entries(tensors)) {
    const dtype = Object.keys(kinds).find((key) => kinds[key][0] === type);
    if (!dtype) throw new Error(`${path}: tensor '${name}' has element type ${type}, which safetensors does not hold`);
    header[name] = {dtype, shape: dims.map(Number), data_offsets: [offset, offset + data.byteLength]};
    parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    offset += data.byteLength;
  }
  let text = JSON.stringify(header);
  text += ' '.repeat((8 - (Buffer.byteLength(text) % 8)) % 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
  writeFileSync(path, Buffer.concat([length, Buffer.from(text), ...parts]));
}

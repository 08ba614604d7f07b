// SPDX-License-Identifier: Apache-2.0
// Arithmetic in compiled JavaScript, or in WebAssembly. Usage: spin.js js|wasm SECONDS
const end = Date.now() + Number(process.argv[3]) * 1000;
// (func (export "spin") (param i32) (result f64) ...): a loop that adds 0.5 that many times.
const bytes = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 124, 3, 2, 1, 0, 7, 8, 1, 4, 115, 112, 105,
  110, 0, 0, 10, 34, 1, 32, 1, 1, 124, 3, 64, 32, 1, 68, 0, 0, 0, 0, 0, 0, 224, 63, 160, 33, 1, 32,
  0, 65, 1, 107, 34, 0, 13, 0, 11, 32, 1, 11,
]);
function js(count) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum = sum * 1.0000001 + 0.5;
  return sum;
}
const spin = process.argv[2] === "wasm"
  ? new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.spin : js;
let sum = 0;
while (Date.now() < end) sum += spin(1000000);
console.log(sum);

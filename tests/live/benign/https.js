// SPDX-License-Identifier: Apache-2.0
// HTTPS requests over one connection, and some work between them. Usage: https.js PORT SECONDS
const https = require("https");
const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
const end = Date.now() + Number(process.argv[3]) * 1000;
function work() {
  let sum = 0;
  for (let i = 0; i < 20000000; i++) sum = (sum * 31 + i) | 0;
  return sum;
}
function request() {
  const options = { host: "127.0.0.1", port: process.argv[2], servername: "localhost", agent,
    rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] };
  https.get(options, (response) => {
    response.resume();
    response.on("end", () => {
      work();
      if (Date.now() < end) setTimeout(request, 100);
      else agent.destroy();
    });
  });
}
request();

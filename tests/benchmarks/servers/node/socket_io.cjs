// A chat of rooms on socket.io with its Redis adapter. Usage: node socket_io.cjs PORT REDIS_SOCKET
const { createServer } = require("node:http");
const { createAdapter } = require("@socket.io/redis-adapter");
const { createClient } = require("redis");
const { Server } = require("socket.io");

async function main([port, path]) {
  const publisher = createClient({ socket: { path } });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  const http = createServer();
  const io = new Server(http, { adapter: createAdapter(publisher, subscriber), transports: ["websocket"] });
  io.on("connection", (socket) => {
    const { room } = socket.handshake.query;
    socket.join(room);
    socket.on("say", (text) => io.to(room).emit("message", text));
  });
  http.listen(Number(port), "127.0.0.1");
}

main(process.argv.slice(2));

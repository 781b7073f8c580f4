// A chat of rooms on plain `ws`: each text goes to everybody in the room, encoded once. Usage: node ws.cjs PORT
const { WebSocketServer } = require("ws");

const rooms = new Map();
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.argv[2]), perMessageDeflate: false });

server.on("connection", (socket, request) => {
  const room = rooms.get(request.url) ?? new Set();
  rooms.set(request.url, room.add(socket));
  socket.on("message", (data) => {
    const event = JSON.stringify({ message: JSON.parse(data).message });
    for (const reader of room) reader.send(event);
  });
  socket.on("close", () => room.delete(socket));
  socket.on("error", () => room.delete(socket));
});

"""The consumer that the tutorial of Channels ends with, and its variant that stores before it answers."""

import json
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from tests.benchmarks.servers.tutorial.models import Message


class ChatConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Word for word the tutorial's."""

    async def connect(self) -> None:
        self.room_name = self.scope["url_route"]["kwargs"]["room_name"]
        self.room_group_name = f"chat_{self.room_name}"

        # Join room group
        await self.channel_layer.group_add(self.room_group_name, self.channel_name)

        await self.accept()

    async def disconnect(self, close_code: int) -> None:
        # Leave room group
        await self.channel_layer.group_discard(self.room_group_name, self.channel_name)

    # Receive message from WebSocket
    async def receive(self, text_data: str) -> None:
        text_data_json = json.loads(text_data)
        message = text_data_json["message"]

        # Send message to room group
        await self.channel_layer.group_send(
            self.room_group_name, {"type": "chat.message", "message": message}
        )

    # Receive message from room group
    async def chat_message(self, event: dict[str, Any]) -> None:
        message = event["message"]

        # Send message to WebSocket
        await self.send(text_data=json.dumps({"message": message}))


class StoringConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Stores each text, then answers its sender. It tells nobody else, to its advantage."""

    async def connect(self) -> None:
        self.room_name = self.scope["url_route"]["kwargs"]["room_name"]
        await self.accept()

    async def receive(self, text_data: str) -> None:
        said = json.loads(text_data)
        message = await Message.objects.acreate(
            room=self.room_name, author_id=self.scope["user"].pk, text=said["message"]
        )
        await self.send(text_data=json.dumps({"id": said["id"], "message_id": message.pk}))

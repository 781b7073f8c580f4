from django.db import migrations


def make_lobby(apps, schema_editor):
    """The room that is always there, and the name of this history."""
    apps.get_model("chat", "Room").objects.get_or_create(
        slug="lobby", defaults={"name": "Lobby", "topic": "Everybody meets here", "kind": "public"}
    )
    from chat.models.installation import new_epoch

    if not apps.get_model("chat", "Installation").objects.exists():
        apps.get_model("chat", "Installation").objects.create(epoch=new_epoch())


class Migration(migrations.Migration):
    dependencies = [("chat", "0001_initial")]
    operations = [migrations.RunPython(make_lobby, migrations.RunPython.noop)]

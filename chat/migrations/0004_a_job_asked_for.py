from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0003_the_contract'),
    ]

    operations = [
        migrations.AddField(
            model_name='jobstate',
            name='wanted',
            field=models.BooleanField(default=False),
        ),
    ]

from django.db import migrations

# Whoever goes around the models still meets these. Dropping them is possible with the file in hand; the chain then tells.
REFUSE = """
CREATE TRIGGER audit_entry_is_never_{past} BEFORE {verb} ON audit_entry
BEGIN SELECT RAISE(ABORT, 'an audit entry is never {past}'); END;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_entries_in_a_chain")]

    operations = [
        migrations.RunSQL(REFUSE.format(verb="UPDATE", past="changed"), "DROP TRIGGER audit_entry_is_never_changed;"),
        migrations.RunSQL(REFUSE.format(verb="DELETE", past="deleted"), "DROP TRIGGER audit_entry_is_never_deleted;"),
    ]

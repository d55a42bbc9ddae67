# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A SQUAD from PyPI, configured by its environment alone: SQLite, tasks run within the request, no outside sites.

SQUAD_VERSION=1.98
SQUAD_VENV=$MUSTER_HOME/venv-squad
SQUAD_HOME=$MUSTER_HOME/squad
SQUAD_GROUP=muster
SQUAD_PROJECT=demo

squad_url() { echo "http://127.0.0.1:$(port squad-http)"; }

# HOME, since gunicorn keeps a socket there. Without a broker Celery runs each task at once, in the web server.
export_squad_settings() {
    export ENV=production HOME=$SQUAD_HOME
    export SECRET_KEY SQUAD_STATIC_DIR=$SQUAD_HOME/static SQUAD_STORAGE_DIR=$SQUAD_HOME/storage
    SECRET_KEY=$(< "$(secret squad-key)")
    export DATABASE="ENGINE=django.db.backends.sqlite3:NAME=$SQUAD_HOME/squad.sqlite3:OPTIONS={\"timeout\": 30}"
    export SQUAD_BASE_URL
    SQUAD_BASE_URL=$(squad_url)
    unset SQUAD_CELERY_BROKER_URL
}

# Loading SQUAD fetches the scripts of its web pages from other sites each time; only its API is used here.
install_squad() {
    local requirement=squad==$SQUAD_VERSION static
    if [ "$(cat "$SQUAD_VENV/installed" 2> /dev/null)" = "$requirement" ]; then return 0; fi
    need_venv
    say "installing $requirement into $SQUAD_VENV (log: $LOGS/squad-pip.log)"
    python3 -m venv --clear "$SQUAD_VENV" > "$LOGS/squad-pip.log" 2>&1
    "$SQUAD_VENV/bin/pip" install --disable-pip-version-check --retries 5 "$requirement" >> "$LOGS/squad-pip.log" 2>&1 9>&- \
        || die_with_log "$LOGS/squad-pip.log" "installing $requirement" "check the network, then run this again"
    static=$(find "$SQUAD_VENV/lib" -path '*/squad/frontend/static' -type d | head -n 1)
    ln -sf /bin/true "$static/download"
    echo "$requirement" > "$SQUAD_VENV/installed"
}

squad_admin() { (cd "$SQUAD_HOME" && "$SQUAD_VENV/bin/squad-admin" "$@" 9>&-); }

make_squad_database() {
    say "migrating SQUAD's database"
    mkdir -p "$SQUAD_HOME/static" "$SQUAD_HOME/storage"
    squad_admin migrate --noinput > "$LOGS/squad-migrate.log" 2>&1 \
        || die_with_log "$LOGS/squad-migrate.log" "SQUAD's migrations" "deploy/squad wipe, then up again"
}

# A user with the group and the project, a user without any right, and a lab.
make_squad_objects() {
    TOKEN=$(< "$(secret squad-token)") PLAIN_TOKEN=$(< "$(secret squad-plain-token)") \
        GROUP=$SQUAD_GROUP PROJECT=$SQUAD_PROJECT squad_admin shell > "$LOGS/squad-objects.log" 2>&1 <<'END_PYTHON' || true
import os
from django.contrib.auth.models import User
from rest_framework.authtoken.models import Token
from squad.ci.models import Backend
from squad.core.models import Group

def account(name, token, is_admin):
    user, _ = User.objects.get_or_create(username=name)
    user.is_staff = user.is_superuser = is_admin
    user.save()
    Token.objects.filter(user=user).exclude(key=token).delete()
    Token.objects.get_or_create(user=user, key=token)
    return user

admin = account("muster", os.environ["TOKEN"], True)
account("plain", os.environ["PLAIN_TOKEN"], False)
group, _ = Group.objects.get_or_create(slug=os.environ["GROUP"])
if not group.members.filter(pk=admin.pk).exists():
    group.add_admin(admin)
group.projects.get_or_create(slug=os.environ["PROJECT"])
# A lab that nobody answers for.
Backend.objects.get_or_create(
    name="lab-a", defaults={"url": "http://127.0.0.1:1/api/v0.2/", "implementation_type": "lava", "username": "muster", "token": "none"}
)
print("all objects made")
END_PYTHON
    grep -q "all objects made" "$LOGS/squad-objects.log" \
        || die_with_log "$LOGS/squad-objects.log" "making SQUAD's users, group and project" "deploy/squad wipe, then up again"
}

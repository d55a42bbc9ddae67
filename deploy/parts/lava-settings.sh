# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A LAVA server configured by its environment alone: nothing under /etc/lava-server is written, and its database
# is one of the private PostgreSQL's.

LAVA_DEVICES=${LAVA_DEVICES:-8}
LAVA_PING_SECONDS=${LAVA_PING_SECONDS:-1} # 20 as packaged: a finished job is then reported that much later
LAVA_USER=admin
LAVA_WORKER=loopback

# Where user lavaserver may not enter root's checkout, LAVA's files live outside of it.
lava_home() {
    local remembered=$MUSTER_HOME/lava.path home=$MUSTER_HOME/lava
    if [ ! -s "$remembered" ]; then
        install -d -m 755 "$home"
        if ! setpriv --reuid=lavaserver --regid=lavaserver --clear-groups test -r "$home"; then
            home=/var/lib/muster-lava-$(printf '%s' "$MUSTER_HOME" | sha256sum | cut -c 1-12)
            install -d -m 755 "$home"
        fi
        echo "$home" > "$remembered"
    fi
    cat "$remembered"
}

lava_url() { echo "http://127.0.0.1:$(port lava-http)"; }
lava_events_url() { echo "ws://127.0.0.1:$(port lava-events)/ws/"; }
lava_access_log() { echo "$(lava_home)/log/access.log"; }
lava_images() { echo "$(lava_home)/images"; }

export_lava_settings() {
    local home
    home=$(lava_home)
    export LAVA_YAML_SETTINGS_DATABASES="{default: {ENGINE: django.db.backends.postgresql, NAME: lava, USER: lava,
        PASSWORD: $(< "$(secret lava-database-password)"), HOST: 127.0.0.1, PORT: $(port postgres)}}"
    export LAVA_YAML_SETTINGS_ALLOWED_HOSTS='["127.0.0.1", "localhost"]'
    export LAVA_YAML_SETTINGS_SESSION_COOKIE_SECURE=false
    export LAVA_YAML_SETTINGS_CSRF_COOKIE_SECURE=false
    export LAVA_YAML_SETTINGS_EVENT_NOTIFICATION=true
    export LAVA_YAML_SETTINGS_DEVICE_TYPES_PATHS="[$home/device-types, /usr/share/lava-server/device-types]"
    export LAVA_SETTINGS_DEVICES_PATH=$home/devices
    export LAVA_SETTINGS_HEALTH_CHECKS_PATH=$home/health-checks
    export LAVA_SETTINGS_EVENT_SOCKET=tcp://127.0.0.1:$(port lava-zmq)
    export LAVA_SETTINGS_INTERNAL_EVENT_SOCKET=ipc://$home/run/events
    export LAVA_SETTINGS_DJANGO_LOGFILE=$home/log/django.log
    export LAVA_SETTINGS_MEDIA_ROOT=$home/media/
    export LAVA_SETTINGS_INSTANCE_NAME=muster
    export PYTHONUNBUFFERED=1
}

# All but the worker run as the packages' own user.
AS_LAVASERVER="setpriv --reuid=lavaserver --regid=lavaserver --init-groups"

# shellcheck disable=SC2086 # a command and its options
lava_manage() { (cd / && $AS_LAVASERVER lava-server manage "$@" 9>&-); }

# The folders; those that LAVA writes to are its own.
make_lava_folders() {
    local home
    home=$(lava_home)
    install -d "$home"/{devices,device-types,health-checks,images,worker}
    install -d -o lavaserver -g lavaserver "$home"/{log,media,run}
}

# Device type `sim`: the dispatcher's whole pipeline, with a shell in the place of the emulator.
# A job takes about two seconds and needs neither a kernel nor a network.
write_lava_devices() {
    local home number
    home=$(lava_home)
    cat > "$home/device-types/sim.jinja2" <<'END'
{% extends 'base.jinja2' %}
{% block body %}
available_architectures:
- x86_64
actions:
  deploy:
    connections:
      serial:
    methods:
      image:
        parameters:
          guest:
            size: 512
            interface: ide
            driveid: lavatest
  boot:
    connections:
      serial:
    methods:
      qemu:
        parameters:
          command: sh
          boot_options: {root: /dev/sda1, console: ttyS0}
          options: []
{% endblock body %}
END
    for number in $(seq -f %02g 1 "$LAVA_DEVICES"); do
        echo "{% extends 'sim.jinja2' %}" > "$home/devices/sim-$number.jinja2"
    done
    cat > "$home/images/board.sh" <<'END'
# What a board of type sim runs. Arguments: cases=N (test cases), fail=N (the first N of them fail),
# sleep=SECONDS (before the end), mode=run|hang|die.
cases=4 fail=0 sleep=0 mode=run
for argument in "$@"; do
    case $argument in
        cases=*) cases=${argument#*=} ;;
        fail=*) fail=${argument#*=} ;;
        sleep=*) sleep=${argument#*=} ;;
        mode=*) mode=${argument#*=} ;;
    esac
done
[ "$mode" != die ] || exit 3
echo "<TESTS-BEGIN>"
case=1
while [ "$case" -le "$cases" ]; do
    result=pass
    [ "$case" -gt "$fail" ] || result=fail
    echo "TEST name=case-$case result=$result measurement=$case.25 units=ms"
    case=$((case + 1))
done
while [ "$sleep" -gt 0 ]; do
    echo "still running, $sleep s to go"
    sleep 1
    sleep=$((sleep - 1))
done
while [ "$mode" = hang ]; do sleep 1; done
echo "<TESTS-END>"
sleep 0.2
END
}

make_lava_database() {
    {
        echo "select 'create role lava login' where not exists (select from pg_roles where rolname = 'lava') \\gexec"
        echo "alter role lava login password '$(< "$(secret lava-database-password)")';"
        echo "select 'create database lava owner lava template template0 encoding ''UTF8'' locale ''C.UTF-8''' where not exists (select from pg_database where datname = 'lava') \\gexec"
    } | admin_psql -d postgres > "$LOGS/lava-database.log" 2>&1 \
        || die_with_log "$LOGS/lava-database.log" "making LAVA's database" "is PostgreSQL up? deploy/stack status"
    say "migrating LAVA's database"
    lava_manage migrate --noinput > "$LOGS/lava-migrate.log" 2>&1 \
        || die_with_log "$LOGS/lava-migrate.log" "LAVA's migrations" "run deploy/lava wipe, then deploy/lava up"
}

# Users, tokens, the worker, its devices. A job canceled at the moment of scheduling leaves its device
# reserved forever; such devices are freed here.
make_lava_objects() {
    (umask 077 && : > "$LOGS/lava-objects.log") # holds the worker's token until it is removed below
    TOKEN=$(< "$(secret lava-token)") PLAIN_TOKEN=$(< "$(secret lava-plain-token)") \
        WORKER=$LAVA_WORKER DEVICES=$LAVA_DEVICES lava_manage shell > "$LOGS/lava-objects.log" 2>&1 <<'END' || true
import os
from django.contrib.auth.models import User
from lava_scheduler_app.models import Device, DeviceType, TestJob, Worker
from linaro_django_xmlrpc.models import AuthToken

def account(name, token, is_admin):
    user, _ = User.objects.get_or_create(username=name, defaults={"email": name + "@localhost"})
    user.is_staff = user.is_superuser = is_admin
    user.save()
    AuthToken.objects.filter(user=user).exclude(secret=token).delete()
    AuthToken.objects.get_or_create(user=user, secret=token, defaults={"description": "muster"})

account("admin", os.environ["TOKEN"], True)
account("plain", os.environ["PLAIN_TOKEN"], False)
worker, _ = Worker.objects.get_or_create(hostname=os.environ["WORKER"])
worker.health = Worker.HEALTH_ACTIVE
worker.save()
kind, _ = DeviceType.objects.get_or_create(name="sim")
names = ["sim-%02d" % number for number in range(1, int(os.environ["DEVICES"]) + 1)]
for name in names:
    Device.objects.get_or_create(hostname=name, defaults={"device_type": kind})
Device.objects.filter(hostname__in=names).update(worker_host=worker, health=Device.HEALTH_GOOD)
Device.objects.filter(device_type=kind).exclude(hostname__in=names).update(health=Device.HEALTH_RETIRED)
busy = TestJob.objects.exclude(state__in=[TestJob.STATE_SUBMITTED, TestJob.STATE_FINISHED])
Device.objects.exclude(pk__in=busy.exclude(actual_device=None).values("actual_device")).update(state=Device.STATE_IDLE)

print("worker token:", worker.token)
print("all objects made")
END
    grep -q "all objects made" "$LOGS/lava-objects.log" \
        || die_with_log "$LOGS/lava-objects.log" "making LAVA's users, worker and devices" "run deploy/lava wipe, then deploy/lava up"
    (umask 077 && sed -n 's/^.*worker token: //p' "$LOGS/lava-objects.log" > "$(lava_home)/worker/token")
    rm -f "$LOGS/lava-objects.log"
}
